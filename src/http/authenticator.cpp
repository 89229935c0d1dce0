#include "http/authenticator.h"

#include "base/text.h"

namespace tintype::http {

Result<UserId> Authenticator::authenticate(std::string_view authorization) const {
  constexpr std::string_view kScheme = "Bearer ";
  if (authorization.empty())
    return fail(ErrorCode::Unauthenticated, "a token is required: Authorization: Bearer <JWT>");
  if (!iequals(authorization.substr(0, kScheme.size()), kScheme)) {
    return fail(ErrorCode::Unauthenticated, "the Authorization header must be: Bearer <JWT>");
  }
  const std::string_view token = trim(authorization.substr(kScheme.size()));
  const UnixTime now = clock_.now();
  if (auto known = checked_->find(token, now)) return std::move(*known);
  auto verified = verifier_.verify(token, now);
  if (!verified) return fail(std::move(verified.error()));
  checked_->add(token, *verified);
  return std::move(verified->user);
}

}  // namespace tintype::http
