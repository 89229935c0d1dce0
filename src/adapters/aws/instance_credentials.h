#pragma once

#include <string>

#include "adapters/aws/credential_source.h"
#include "adapters/aws/environment.h"
#include "adapters/aws/metadata_request.h"

namespace tintype::aws {

// Those of the role of an EC2 instance, from its metadata service, version 2 only ("Use the Instance Metadata Service
// to access instance metadata" in the EC2 User Guide): a token is got by PUT, then sent with each GET.
//   AWS_EC2_METADATA_DISABLED=true        nobody is asked
//   AWS_EC2_METADATA_SERVICE_ENDPOINT     in the place of http://169.254.169.254
// There are none in this place if nothing answers there, if what answers knows no such tokens, or if the instance has
// no role. Once there is a token, everything else that goes wrong is an error.
class InstanceCredentials final : public CredentialSource {
 public:
  InstanceCredentials(const Environment& environment, HttpClient& http, MetadataPatience patience)
      : environment_(environment), http_(http), patience_(patience) {}
  InstanceCredentials(const Environment& environment, HttpClient& http)
      : InstanceCredentials(environment, http, MetadataPatience{}) {}

  std::string_view name() const override { return "the instance's metadata"; }
  Result<std::optional<Credentials>> fetch(Deadline deadline) override;

 private:
  Result<std::optional<std::string>> fetch_token(const std::string& endpoint, Deadline deadline);
  Result<std::optional<std::string>> get(const std::string& url, const std::string& token, Deadline deadline);

  const Environment environment_;
  HttpClient& http_;
  const MetadataPatience patience_;
};

}  // namespace tintype::aws
