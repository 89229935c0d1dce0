#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace tintype {

// What a client calls one upload, so that it can send it again without storing it twice. Means something only together
// with its user.
class IdempotencyToken {
 public:
  // nullopt unless `text` is 1 to 255 visible ASCII characters (0x21 to 0x7e).
  static std::optional<IdempotencyToken> parse(std::string_view text);

  const std::string& text() const { return text_; }
  friend auto operator<=>(const IdempotencyToken&, const IdempotencyToken&) = default;

 private:
  explicit IdempotencyToken(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace tintype
