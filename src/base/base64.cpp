#include "base/base64.h"

#include <array>

namespace tintype {
namespace {

constexpr std::string_view kStandard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlSafe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode(std::span<const std::byte> bytes, std::string_view alphabet, bool padded) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  std::uint32_t held = 0;
  int bits = 0;
  for (const std::byte byte : bytes) {
    held = (held << 8) | std::to_integer<std::uint32_t>(byte);
    for (bits += 8; bits >= 6; bits -= 6) text += alphabet[(held >> (bits - 6)) & 63];
  }
  if (bits > 0) text += alphabet[(held << (6 - bits)) & 63];
  while (padded && text.size() % 4 != 0) text += '=';
  return text;
}

}  // namespace

std::string base64_encode(std::span<const std::byte> bytes) {
  return encode(bytes, kStandard, true);
}
std::string base64url_encode(std::span<const std::byte> bytes) {
  return encode(bytes, kUrlSafe, false);
}

std::optional<std::vector<std::byte>> base64url_decode(std::string_view text) {
  std::vector<std::byte> bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t held = 0;
  int bits = 0;
  for (const char c : text) {
    const std::size_t value = kUrlSafe.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    held = (held << 6) | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<std::byte>(held >> bits));
      held &= (1U << bits) - 1;
    }
  }
  if (bits >= 6 || held != 0) return std::nullopt;
  return bytes;
}

}  // namespace tintype
