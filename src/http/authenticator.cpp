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
  return verifier_.verify(trim(authorization.substr(kScheme.size())), clock_.now());
}

}  // namespace tintype::http
