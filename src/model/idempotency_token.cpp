#include "model/idempotency_token.h"

#include <algorithm>

namespace tintype {

std::optional<IdempotencyToken> IdempotencyToken::parse(std::string_view text) {
  constexpr std::size_t kMaxLength = 255;
  const auto is_visible = [](char c) { return c > ' ' && c <= '~'; };
  if (text.empty() || text.size() > kMaxLength || !std::ranges::all_of(text, is_visible)) return std::nullopt;
  return IdempotencyToken(std::string(text));
}

}  // namespace tintype
