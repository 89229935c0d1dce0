#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "http/jwt.h"

namespace tintype::http {

// Tokens that were found good, so that a caller's next request costs neither their HMAC nor their JSON: 7 % of a GET
// from memory. Only whole tokens are found again, within the times that they themselves gave. Looking one up takes time
// that depends on its hash, not on how much of a kept token was guessed.
//
// Thread-safe.
class CheckedTokens {
 public:
  static constexpr std::size_t kMost = 4096;  // with the longest tokens, 32 MiB; when it is full, all are forgotten

  std::optional<UserId> find(std::string_view token, UnixTime now) const;
  void add(std::string_view token, VerifiedToken verified);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  mutable std::mutex mutex_;
  std::unordered_map<std::string, VerifiedToken, Hash, std::equal_to<>> tokens_;
};

}  // namespace tintype::http
