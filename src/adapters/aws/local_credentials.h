// The places on this machine where credentials can be.
#pragma once

#include "adapters/aws/credential_source.h"
#include "adapters/aws/environment.h"

namespace tintype::aws {

// Those that the operator has given.
class StaticCredentials final : public CredentialSource {
 public:
  explicit StaticCredentials(Credentials credentials) : credentials_(std::move(credentials)) {}
  std::string_view name() const override { return "the settings"; }
  Result<std::optional<Credentials>> fetch(Deadline /*deadline*/) override { return std::optional(credentials_); }

 private:
  const Credentials credentials_;
};

// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN.
class EnvironmentCredentials final : public CredentialSource {
 public:
  explicit EnvironmentCredentials(const Environment& environment) : environment_(environment) {}
  std::string_view name() const override { return "the environment"; }
  Result<std::optional<Credentials>> fetch(Deadline deadline) override;

 private:
  const Environment environment_;
};

// ~/.aws/credentials, then ~/.aws/config, or what AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE name; the section of
// AWS_PROFILE, "default" if that is not set. Read anew for each fetch, since other programs write them.
class SharedFileCredentials final : public CredentialSource {
 public:
  explicit SharedFileCredentials(const Environment& environment) : environment_(environment) {}
  std::string_view name() const override { return "the shared files in ~/.aws"; }
  Result<std::optional<Credentials>> fetch(Deadline deadline) override;

 private:
  const Environment environment_;
};

// AWS_REGION, AWS_DEFAULT_REGION, then `region` of the profile in the shared files; nullopt if none is set.
std::optional<std::string> default_region(const Environment& environment);

// The value of `key` in `[section]` or, as the config file has it, `[profile section]`; nullopt if it is not there.
// Never fails: lines that mean nothing are passed over.
std::optional<std::string> find_in_profile(std::string_view file, std::string_view section, std::string_view key);

}  // namespace tintype::aws
