#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace tintype {

// Who owns an image: the `sub` of the caller's token, opaque to us.
class UserId {
 public:
  // nullopt unless `text` is 1 to 128 bytes of UTF-8 without control characters whose key form (below) fits 255 bytes,
  // the longest name of a directory entry.
  static std::optional<UserId> parse(std::string_view text);

  const std::string& text() const { return text_; }

  // The id as one component of a blob key. ASCII letters, digits, '-' and '_' stay; every other byte becomes '.' and
  // two hex digits: "ann@example.com" -> "ann.40example.2Ecom". Injective, and never "." or "..", so no id can climb
  // out of its prefix or collide with another's.
  std::string key_component() const;

  friend auto operator<=>(const UserId&, const UserId&) = default;

 private:
  explicit UserId(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace tintype
