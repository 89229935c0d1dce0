// DESIGN
// A token is got for each fetch and used within seconds, so it is asked for with a short life and never kept: fetches
// are hours apart, and a kept token would add the case that it has expired.
//
// Version 1 of the service, without tokens, is not spoken: whoever makes a server send a GET for him reads the keys.
#include "adapters/aws/instance_credentials.h"

#include <algorithm>

#include "adapters/aws/credentials_answer.h"
#include "adapters/aws/endpoint.h"
#include "base/text.h"

namespace tintype::aws {
namespace {

constexpr const char* kTokenSeconds = "60";  // 1 to 21600
constexpr const char* kTokenPath = "/latest/api/token";
constexpr const char* kRolesPath = "/latest/meta-data/iam/security-credentials/";
constexpr std::size_t kLongestRole = 64;  // IAM API, RoleName

bool is_off(const Environment& environment) {
  return iequals(environment.get("AWS_EC2_METADATA_DISABLED").value_or(""), "true");
}

// [\w+=,.@-]+, as IAM has it: none of them needs to be encoded in a path, and none leaves it. "." and ".." do.
bool is_role(std::string_view text) {
  const auto is_good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_+=,.@-").find(c) != std::string_view::npos;
  };
  return !text.empty() && text.size() <= kLongestRole && std::ranges::all_of(text, is_good) && text != "." &&
         text != "..";
}

std::string_view first_line(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

tl::unexpected<Error> broken(const std::string& detail) {
  return fail(no_credentials("the instance's metadata: " + detail));
}

tl::unexpected<Error> refused(const HttpRequest& request, int status) {
  return broken(request.method + ' ' + request.url + " was answered " + std::to_string(status));
}

Result<std::optional<Credentials>> credentials_in(const std::string& json) {
  auto credentials = read_credentials_answer(json);
  if (!credentials) return broken(credentials.error().detail);
  if (!credentials->expires_at) return broken("the answer has no valid Expiration");
  return std::optional(std::move(*credentials));
}

}  // namespace

Result<std::optional<Credentials>> InstanceCredentials::fetch(Deadline deadline) {
  if (is_off(environment_)) return std::optional<Credentials>();
  const auto endpoint =
      parse_endpoint(environment_.get("AWS_EC2_METADATA_SERVICE_ENDPOINT").value_or("http://169.254.169.254"));
  if (!endpoint) return broken("AWS_EC2_METADATA_SERVICE_ENDPOINT: " + endpoint.error().public_message);
  const auto token = fetch_token(endpoint->url(), deadline);
  if (!token) return fail(token.error());
  if (!*token) return std::optional<Credentials>();
  const std::string roles = endpoint->url() + kRolesPath;
  const auto listed = get(roles, **token, deadline);
  if (!listed) return fail(listed.error());
  const std::string_view role = first_line(*listed ? std::string_view(**listed) : std::string_view());
  if (role.empty()) return std::optional<Credentials>();
  if (!is_role(role)) return broken("the answer is no name of a role");
  const auto answer = get(roles + std::string(role), **token, deadline);
  if (!answer) return fail(answer.error());
  return *answer ? credentials_in(**answer) : std::optional<Credentials>();
}

// nullopt if there is no such service.
Result<std::optional<std::string>> InstanceCredentials::fetch_token(const std::string& endpoint, Deadline deadline) {
  const HttpRequest request{.method = "PUT",
                            .url = endpoint + kTokenPath,
                            .headers = {{"X-aws-ec2-metadata-token-ttl-seconds", kTokenSeconds}}};
  auto reply = ask_metadata(http_, request, patience_, deadline);
  if (!reply) {
    const bool nobody_is_there = reply.error().error.code != ErrorCode::Overloaded && !reply.error().answered;
    if (nobody_is_there && !deadline.expired()) return std::optional<std::string>();
    return fail(error_of(reply.error(), deadline));
  }
  // 403: switched off for this instance. 404, 405: the metadata service of somebody else's cloud.
  if (reply->status == 403 || reply->status == 404 || reply->status == 405) return std::optional<std::string>();
  if (reply->status != 200) return refused(request, reply->status);
  if (reply->body.empty() || !is_visible_ascii(reply->body)) return broken("the answer is no token");
  return std::optional(std::move(reply->body));
}

// The body; nullopt for 404.
Result<std::optional<std::string>> InstanceCredentials::get(const std::string& url, const std::string& token,
                                                            Deadline deadline) {
  const HttpRequest request{.url = url, .headers = {{"X-aws-ec2-metadata-token", token}}};
  auto reply = ask_metadata(http_, request, patience_, deadline);
  if (!reply) return fail(error_of(reply.error(), deadline));
  if (reply->status == 404) return std::optional<std::string>();
  if (reply->status != 200) return refused(request, reply->status);
  return std::optional(std::move(reply->body));
}

}  // namespace tintype::aws
