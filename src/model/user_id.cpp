#include "model/user_id.h"

#include "base/text.h"

namespace tintype {
namespace {

constexpr std::size_t kMaxBytes = 128;
constexpr std::size_t kMaxComponent = 255;

bool stays(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

}  // namespace

std::optional<UserId> UserId::parse(std::string_view text) {
  if (text.empty() || text.size() > kMaxBytes || !is_utf8(text) || has_control_characters(text)) return std::nullopt;
  UserId user{std::string(text)};
  if (user.key_component().size() > kMaxComponent) return std::nullopt;
  return user;
}

std::string UserId::key_component() const {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string component;
  component.reserve(text_.size());
  for (const char c : text_) {
    if (stays(c)) {
      component += c;
      continue;
    }
    const auto value = static_cast<unsigned char>(c);
    component += '.';
    component += kDigits[value >> 4];
    component += kDigits[value & 15];
  }
  return component;
}

}  // namespace tintype
