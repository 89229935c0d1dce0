#include "adapters/aws/credentials_answer.h"

#include <boost/json.hpp>

#include "base/text.h"

namespace tintype::aws {
namespace {

// The text of a member; "" if there is none or it is null, nullopt if it is something else. What is given goes into
// header fields: nothing but visible ASCII is let through.
std::optional<std::string> visible_text(const boost::json::object& object, std::string_view name) {
  const auto* const value = object.if_contains(name);
  if (value == nullptr || value->is_null()) return std::string();
  if (!value->is_string()) return std::nullopt;
  std::string text(value->get_string().data(), value->get_string().size());
  if (!is_visible_ascii(text)) return std::nullopt;
  return text;
}

tl::unexpected<Error> malformed(std::string_view what) {
  return fail(no_credentials("the answer has no valid " + std::string(what)));
}

// Of an answer that says why there are no credentials; endpoints differ in the case of "message".
std::string reason_in(const boost::json::object& object) {
  for (const char* name : {"Message", "message"}) {
    const auto* const value = object.if_contains(name);
    if (value != nullptr && value->is_string()) return {value->get_string().data(), value->get_string().size()};
  }
  return "without a message";
}

Result<Credentials> credentials_in(const boost::json::object& object) {
  auto id = visible_text(object, "AccessKeyId");
  if (!id || id->empty()) return malformed("AccessKeyId");
  auto secret = visible_text(object, "SecretAccessKey");
  if (!secret || secret->empty()) return malformed("SecretAccessKey");
  auto token = visible_text(object, "Token");
  if (!token) return malformed("Token");
  const auto expiration = visible_text(object, "Expiration");
  if (!expiration) return malformed("Expiration");
  Credentials credentials{std::move(*id), std::move(*secret), std::move(*token)};
  if (expiration->empty()) return credentials;
  credentials.expires_at = parse_rfc3339(*expiration);
  if (!credentials.expires_at) return malformed("Expiration");
  return credentials;
}

}  // namespace

Error no_credentials(std::string detail) {
  return {ErrorCode::StoreUnavailable, "the store is not available: its credentials cannot be got", std::move(detail)};
}

Result<Credentials> read_credentials_answer(std::string_view json) {
  boost::json::error_code error;
  const auto parsed = boost::json::parse({json.data(), json.size()}, error);
  if (error || !parsed.is_object()) return fail(no_credentials("the answer is no JSON object"));
  const auto& object = parsed.get_object();
  const auto code = visible_text(object, "Code");
  if (!code) return malformed("Code");
  if (!code->empty() && *code != "Success") {
    return fail(no_credentials("the answer is " + *code + ": " + reason_in(object)));
  }
  return credentials_in(object);
}

}  // namespace tintype::aws
