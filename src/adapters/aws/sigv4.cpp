#include "adapters/aws/sigv4.h"

#include <array>
#include <ctime>

#include "adapters/aws/canonical_request.h"
#include "adapters/aws/uri_encoding.h"
#include "base/text.h"

namespace tintype::aws {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::size_t kDayLength = 8;  // of "20261122T164000Z"

std::string amz_timestamp(UnixTime time) {
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text;
  return {text.data(), std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts)};
}

std::string_view day_of(std::string_view timestamp) {
  return timestamp.substr(0, kDayLength);
}

std::string target_of(const std::string& path, const std::string& query) {
  return query.empty() ? path : path + '?' + query;
}

}  // namespace

std::string payload_hash(std::span<const std::byte> body) {
  return hex(sha256(body));
}

Signer::Signer(std::string region, std::string service, SigningRules rules)
    : rules_(rules), keys_(std::move(region), std::move(service)) {}

SignedRequest Signer::sign(const UnsignedRequest& request, const Credentials& credentials, UnixTime now) const {
  const std::string timestamp = amz_timestamp(now);
  SignedRequest result;
  result.headers = request.headers;
  result.headers.emplace_back("x-amz-date", timestamp);
  if (!credentials.session_token.empty())
    result.headers.emplace_back("x-amz-security-token", credentials.session_token);
  if (rules_.content_hash_field) result.headers.emplace_back("x-amz-content-sha256", request.payload_hash);

  const std::string path = sent_path(request.path);
  const std::string query = canonical_query(request.query);
  const CanonicalHeaders headers = canonical_headers(result.headers);
  result.target = target_of(path, query);
  result.canonical_request = canonical_request(request.method, signed_path(path), query, headers, request.payload_hash);
  result.signature = sign_text(result.canonical_request, credentials, timestamp);
  result.headers.emplace_back("Authorization", std::string(kAlgorithm) + " Credential=" + credentials.access_key_id +
                                                   '/' + keys_.scope(day_of(timestamp)) + ", SignedHeaders=" +
                                                   headers.names + ", Signature=" + result.signature);
  return result;
}

SignedRequest Signer::presign(const UnsignedRequest& request, const Credentials& credentials, UnixTime now,
                              std::chrono::seconds lifetime) const {
  const std::string timestamp = amz_timestamp(now);
  const CanonicalHeaders headers = canonical_headers(request.headers);
  Fields parameters = request.query;
  parameters.emplace_back("X-Amz-Algorithm", kAlgorithm);
  parameters.emplace_back("X-Amz-Credential", credentials.access_key_id + '/' + keys_.scope(day_of(timestamp)));
  parameters.emplace_back("X-Amz-Date", timestamp);
  parameters.emplace_back("X-Amz-Expires", std::to_string(lifetime.count()));
  parameters.emplace_back("X-Amz-SignedHeaders", headers.names);
  if (!credentials.session_token.empty()) parameters.emplace_back("X-Amz-Security-Token", credentials.session_token);

  const std::string path = sent_path(request.path);
  const std::string query = canonical_query(parameters);
  SignedRequest result;
  result.headers = request.headers;
  result.canonical_request = canonical_request(request.method, signed_path(path), query, headers, request.payload_hash);
  result.signature = sign_text(result.canonical_request, credentials, timestamp);
  result.target = target_of(path, query) + "&X-Amz-Signature=" + result.signature;
  return result;
}

std::string Signer::sign_text(const std::string& canonical_request, const Credentials& credentials,
                              std::string_view timestamp) const {
  std::string text(kAlgorithm);
  text.append(1, '\n').append(timestamp).append(1, '\n').append(keys_.scope(day_of(timestamp)));
  text.append(1, '\n').append(hex(sha256(as_bytes(canonical_request))));
  return hex(hmac_sha256(keys_.key(credentials.secret_access_key, day_of(timestamp)), as_bytes(text)));
}

std::string Signer::sent_path(std::string_view path) const {
  return uri_encode_path(rules_.normalise_path ? normalise_path(path) : std::string(path));
}

std::string Signer::signed_path(std::string_view sent) const {
  return rules_.encode_path_twice ? uri_encode_path(sent) : std::string(sent);
}

}  // namespace tintype::aws
