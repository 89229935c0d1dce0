#include "adapters/aws/endpoint.h"

#include <algorithm>

#include "base/text.h"

namespace tintype::aws {
namespace {

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == ':' || c == '[' || c == ']';
}

bool is_path_character(char c) {
  return is_host_character(c) || c == '/' || c == '~';
}

// Those of its scheme are not part of the field Host.
std::string without_default_port(std::string authority, std::string_view scheme) {
  const std::string_view port = scheme == "https" ? ":443" : ":80";
  if (authority.ends_with(port)) authority.resize(authority.size() - port.size());
  return authority;
}

tl::unexpected<Error> malformed(std::string_view url) {
  return fail(ErrorCode::ValidationFailed,
              "\"" + std::string(url) + "\" is no endpoint: write it as http://host:port or https://host");
}

std::string upper_case(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

}  // namespace

Endpoint Endpoint::with_host_prefix(std::string_view label) const {
  Endpoint below = *this;
  below.authority = std::string(label) + authority;
  return below;
}

Result<Endpoint> parse_endpoint(std::string_view url) {
  const std::size_t colon = url.find("://");
  if (colon == std::string_view::npos) return malformed(url);
  Endpoint endpoint{.scheme = to_lower(url.substr(0, colon)), .authority = {}};
  const std::string_view rest = url.substr(colon + 3);
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  endpoint.authority = without_default_port(std::string(rest.substr(0, slash)), endpoint.scheme);
  endpoint.base_path = rest.substr(slash);
  while (endpoint.base_path.ends_with('/')) endpoint.base_path.pop_back();
  const bool is_good = (endpoint.scheme == "http" || endpoint.scheme == "https") && !endpoint.authority.empty() &&
                       std::ranges::all_of(endpoint.authority, is_host_character) &&
                       std::ranges::all_of(endpoint.base_path, is_path_character);
  if (!is_good) return malformed(url);
  return endpoint;
}

Result<Endpoint> resolve_endpoint(std::string_view service, const std::optional<std::string>& setting,
                                  const Environment& environment, std::string_view region) {
  std::optional<std::string> url = setting;
  if (!url) url = environment.get("AWS_ENDPOINT_URL_" + upper_case(service));
  if (!url) url = environment.get("AWS_ENDPOINT_URL");
  if (url) return parse_endpoint(*url);
  const char* const domain = region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com";
  return Endpoint{.authority = std::string(service) + '.' + std::string(region) + domain};
}

}  // namespace tintype::aws
