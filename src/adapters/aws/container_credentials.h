#pragma once

#include <string>

#include "adapters/aws/credential_source.h"
#include "adapters/aws/environment.h"
#include "adapters/aws/metadata_request.h"

namespace tintype::aws {

// Those of a task of ECS, a pod of EKS (Pod Identity), or whatever else sets the variables ("Container credential
// provider" in the AWS SDKs and Tools Reference Guide):
//   AWS_CONTAINER_CREDENTIALS_RELATIVE_URI   a path at ECS's endpoint; goes before
//   AWS_CONTAINER_CREDENTIALS_FULL_URI       a URL that is_allowed_container_url
//   AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE   what the file holds is sent as Authorization. Read anew for each fetch,
//                                            since EKS replaces it; goes before
//   AWS_CONTAINER_AUTHORIZATION_TOKEN        the same, as a value
// With neither URI there are none in this place. With one, everything that goes wrong is an error.
class ContainerCredentials final : public CredentialSource {
 public:
  struct Options {
    std::string ecs_endpoint = "http://169.254.170.2";  // another one for tests
    MetadataPatience patience{.attempt_timeout = std::chrono::milliseconds(2000)};
  };
  ContainerCredentials(const Environment& environment, HttpClient& http, Options options)
      : environment_(environment), http_(http), options_(std::move(options)) {}
  ContainerCredentials(const Environment& environment, HttpClient& http)
      : ContainerCredentials(environment, http, Options{}) {}

  std::string_view name() const override { return "the container's endpoint"; }
  Result<std::optional<Credentials>> fetch(Deadline deadline) override;

 private:
  const Environment environment_;
  HttpClient& http_;
  const Options options_;
};

// Whether credentials may be asked for at `url`: https at any host; plain http only where it does not leave the
// machine, at localhost, 127.0.0.0/8, [::1] and the addresses of ECS and EKS, 169.254.170.2, 169.254.170.23 and
// [fd00:ec2::23]. False for what is no URL, or has a user, a fragment or anything but visible ASCII in it.
bool is_allowed_container_url(std::string_view url);

}  // namespace tintype::aws
