#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time_format.h"
#include "model/user_id.h"

namespace tintype::http {

// What a token must say to be accepted.
struct JwtPolicy {
  std::string secret;                        // HS256 key; RFC 7518 section 3.2 wants 32 bytes or more
  std::optional<std::string> issuer = {};    // if set, `iss` must equal it
  std::optional<std::string> audience = {};  // if set, `aud` must be or contain it
  std::chrono::seconds leeway{30};           // for exp and nbf, between clocks that differ
};

// When a token is good, in seconds since 1970, the policy's leeway included.
struct TokenTimes {
  bool contain(UnixTime now) const { return !is_over(now) && !is_early(now); }
  bool is_over(UnixTime now) const;
  bool is_early(UnixTime now) const;

  std::optional<double> from = {};   // nbf
  std::optional<double> until = {};  // exp
};

// What a good token says.
struct VerifiedToken {
  UserId user;
  TokenTimes times;
};

// Checks JSON Web Tokens (RFC 7519) in JWS compact form. `alg` is pinned to HS256: "none" and all others are refused,
// as is a header with `crit` (RFC 7515 section 4.1.11).
//
// Thread safety: immutable after construction.
class JwtVerifier {
 public:
  explicit JwtVerifier(JwtPolicy policy);

  // `user`: the one that `token` speaks for (`sub`). Error: Unauthenticated; the public message says what is wrong
  // without repeating the token ("the token has expired").
  Result<VerifiedToken> verify(std::string_view token, UnixTime now) const;

 private:
  JwtPolicy policy_;
};

// A token for `user` that expires after `ttl`; carries iss and aud if the policy has them.
std::string sign_jwt(const JwtPolicy& policy, const UserId& user, UnixTime now, std::chrono::seconds ttl);

}  // namespace tintype::http
