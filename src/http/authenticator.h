#pragma once

#include <memory>

#include "http/checked_tokens.h"
#include "http/jwt.h"
#include "ports/clock.h"

namespace tintype::http {

// Finds out who calls: `Authorization: Bearer <JWT>` (RFC 6750 section 2.1). Thread-safe; does not block.
class Authenticator {
 public:
  Authenticator(JwtPolicy policy, const Clock& clock) : verifier_(std::move(policy)), clock_(clock) {}

  // Error: Unauthenticated.
  Result<UserId> authenticate(std::string_view authorization) const;

 private:
  JwtVerifier verifier_;
  std::unique_ptr<CheckedTokens> checked_ = std::make_unique<CheckedTokens>();
  const Clock& clock_;
};

}  // namespace tintype::http
