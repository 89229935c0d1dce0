#include "http/checked_tokens.h"

namespace tintype::http {

std::optional<UserId> CheckedTokens::find(std::string_view token, UnixTime now) const {
  const std::lock_guard lock(mutex_);
  const auto found = tokens_.find(token);
  if (found == tokens_.end() || !found->second.times.contain(now)) return std::nullopt;
  return found->second.user;
}

void CheckedTokens::add(std::string_view token, VerifiedToken verified) {
  const std::lock_guard lock(mutex_);
  if (tokens_.size() >= kMost) tokens_.clear();
  tokens_.insert_or_assign(std::string(token), std::move(verified));
}

}  // namespace tintype::http
