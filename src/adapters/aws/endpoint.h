#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/aws/environment.h"
#include "base/result.h"

namespace tintype::aws {

// Where a service is.
struct Endpoint {
  std::string scheme = "https";  // http or https
  std::string authority;         // host, and port if it is not the scheme's own: what the field Host says
  std::string base_path = {};    // "" or "/prefix"

  std::string url() const { return scheme + "://" + authority + base_path; }
  // That of a virtual host below this one: "bucket." + authority.
  Endpoint with_host_prefix(std::string_view label) const;

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

// "http://127.0.0.1:9000", with or without a '/' at the end. Error: ValidationFailed, for anything that is not scheme,
// host, optional port and optional path.
Result<Endpoint> parse_endpoint(std::string_view url);

// The first that is there of: `setting`, AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, and
// https://<service>.<region>.amazonaws.com (amazonaws.com.cn for regions in China). `service` is "s3", "dynamodb" or
// "sqs". Error: ValidationFailed, naming what was wrong.
Result<Endpoint> resolve_endpoint(std::string_view service, const std::optional<std::string>& setting,
                                  const Environment& environment, std::string_view region);

}  // namespace tintype::aws
