#include "http/jwt.h"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "base/base64.h"
#include "base/crypto/sha256.h"
#include "base/text.h"

namespace tintype::http {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxToken = 8192;  // what common servers accept for a whole header field
constexpr std::size_t kMaxDepth = 8;     // of the JSON in it

tl::unexpected<Error> refused(std::string public_message) {
  return fail(ErrorCode::Unauthenticated, std::move(public_message));
}
tl::unexpected<Error> not_a_jwt() {
  return refused("the token is not a JWT");
}

// RFC 7515 section 7.1, all three still base64url; views into the token.
struct CompactToken {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signed_text;  // header and payload with the dot between them
};

std::optional<CompactToken> split(std::string_view token) {
  const std::size_t first = token.find('.');
  const std::size_t last = token.rfind('.');
  if (first == last || std::count(token.begin(), token.end(), '.') != 2) return std::nullopt;
  return CompactToken{token.substr(0, first), token.substr(first + 1, last - first - 1), token.substr(last + 1),
                      token.substr(0, last)};
}

std::optional<json::object> parse_object(std::string_view base64url) {
  const auto text = base64url_decode(base64url);
  if (!text) return std::nullopt;
  json::error_code error;
  json::parse_options options;
  options.max_depth = kMaxDepth;
  json::value value = json::parse(as_text(*text), error, {}, options);
  if (error || !value.is_object()) return std::nullopt;
  return std::move(value.as_object());
}

bool is_string(const json::value* value, std::string_view wanted) {
  return value != nullptr && value->is_string() && std::string_view(value->get_string()) == wanted;
}

bool is_or_contains(const json::value* value, std::string_view wanted) {
  if (value == nullptr || !value->is_array()) return is_string(value, wanted);
  return std::any_of(value->get_array().begin(), value->get_array().end(),
                     [&](const json::value& element) { return is_string(&element, wanted); });
}

Result<void> check_header(const CompactToken& token) {
  const auto header = parse_object(token.header);
  if (!header) return not_a_jwt();
  if (!is_string(header->if_contains("alg"), "HS256")) return refused("the token's algorithm is not HS256");
  if (header->contains("crit")) return refused("the token's header has a crit member, which is not supported");
  return {};
}

Sha256Digest signature_of(const std::string& secret, std::string_view signed_text) {
  return hmac_sha256(as_bytes(secret), as_bytes(signed_text));
}

Result<void> check_signature(const CompactToken& token, const std::string& secret) {
  const auto signature = base64url_decode(token.signature);
  if (!signature) return not_a_jwt();
  // Anyone can sign with an empty key.
  if (secret.empty() || !equal_in_constant_time(*signature, signature_of(secret, token.signed_text))) {
    return refused("the token's signature does not match");
  }
  return {};
}

// A NumericDate (RFC 7519 section 2): seconds, perhaps with a fraction. Absent: true, and `seconds` stays empty.
bool read_date(const json::object& claims, std::string_view name, std::optional<double>& seconds) {
  const json::value* value = claims.if_contains(name);
  if (value == nullptr) return true;
  if (!value->is_number()) return false;
  seconds = value->to_number<double>();
  return true;
}

double seconds_of(UnixTime time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

Result<TokenTimes> check_times(const json::object& claims, UnixTime now, std::chrono::seconds leeway) {
  TokenTimes times;
  if (!read_date(claims, "exp", times.until)) return refused("the token's exp is not a number");
  if (!read_date(claims, "nbf", times.from)) return refused("the token's nbf is not a number");
  const auto slack = static_cast<double>(leeway.count());
  if (times.until) *times.until += slack;
  if (times.from) *times.from -= slack;
  if (times.is_over(now)) return refused("the token has expired");
  if (times.is_early(now)) return refused("the token is not valid yet");
  return times;
}

Result<void> check_parties(const json::object& claims, const JwtPolicy& policy) {
  if (policy.issuer && !is_string(claims.if_contains("iss"), *policy.issuer)) {
    return refused("the token is from another issuer");
  }
  if (policy.audience && !is_or_contains(claims.if_contains("aud"), *policy.audience)) {
    return refused("the token is for another audience");
  }
  return {};
}

Result<UserId> read_subject(const json::object& claims) {
  const json::value* subject = claims.if_contains("sub");
  if (subject == nullptr) return refused("the token has no sub");
  if (!subject->is_string()) return refused("the token's sub is not a string");
  auto user = UserId::parse(std::string_view(subject->get_string()));
  if (!user) return refused("the token's sub is not a user id: 1 to 128 bytes without control characters");
  return std::move(*user);
}

std::string encode_object(const json::object& object) {
  return base64url_encode(as_bytes(json::serialize(object)));
}

}  // namespace

bool TokenTimes::is_over(UnixTime now) const {
  return until && seconds_of(now) >= *until;
}
bool TokenTimes::is_early(UnixTime now) const {
  return from && seconds_of(now) < *from;
}

JwtVerifier::JwtVerifier(JwtPolicy policy) : policy_(std::move(policy)) {}

Result<VerifiedToken> JwtVerifier::verify(std::string_view text, UnixTime now) const {
  if (text.size() > kMaxToken) return refused("the token is longer than " + std::to_string(kMaxToken) + " bytes");
  const auto token = split(text);
  if (!token) return not_a_jwt();
  if (auto checked = check_header(*token); !checked) return fail(checked.error());
  if (auto checked = check_signature(*token, policy_.secret); !checked) return fail(checked.error());
  const auto claims = parse_object(token->payload);
  if (!claims) return not_a_jwt();
  const auto times = check_times(*claims, now, policy_.leeway);
  if (!times) return fail(times.error());
  if (auto checked = check_parties(*claims, policy_); !checked) return fail(checked.error());
  auto user = read_subject(*claims);
  if (!user) return fail(user.error());
  return VerifiedToken{std::move(*user), *times};
}

std::string sign_jwt(const JwtPolicy& policy, const UserId& user, UnixTime now, std::chrono::seconds ttl) {
  const auto issued = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
  json::object claims{{"sub", user.text()}, {"iat", issued.count()}, {"exp", (issued + ttl).count()}};
  if (policy.issuer) claims["iss"] = *policy.issuer;
  if (policy.audience) claims["aud"] = *policy.audience;
  std::string token = encode_object({{"alg", "HS256"}, {"typ", "JWT"}}) + "." + encode_object(claims);
  return token + "." + base64url_encode(signature_of(policy.secret, token));
}

}  // namespace tintype::http
