#include "model/blob_key.h"

#include <utility>

#include "base/text.h"

namespace tintype {
namespace {

constexpr std::string_view kPrefix = "images/";
constexpr std::string_view kThumbnails = "thumbnails/";
constexpr std::string_view kSuffix = ".webp";
constexpr std::size_t kUlidLength = 26;
constexpr std::size_t kLongestVersion = 10;  // with its dot

bool is_upper_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
}

// True if some UserId has this key component, so that parse accepts no second spelling of a key.
bool is_user_component(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '.') {
      decoded += text[i];
      continue;
    }
    if (i + 2 >= text.size() || !is_upper_hex(text[i + 1]) || !is_upper_hex(text[i + 2])) return false;
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'A' + 10; };
    decoded += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
    i += 2;
  }
  const auto user = UserId::parse(decoded);
  return user && user->key_component() == text;
}

// "", or ".2" and so on.
std::optional<std::int64_t> parse_version(std::string_view text) {
  if (text.empty()) return 1;
  const bool is_canonical = text.size() <= kLongestVersion && text.size() > 1 && text[0] == '.' && text[1] != '0';
  const auto version = is_canonical ? parse_unsigned(text.substr(1)) : std::nullopt;
  return version && *version > 1 ? std::optional(static_cast<std::int64_t>(*version)) : std::nullopt;
}

}  // namespace

BlobKey::BlobKey(std::string user_component, ImageId image, Variant variant, std::int64_t version)
    : user_component_(std::move(user_component)), image_(std::move(image)), variant_(variant), version_(version) {
  text_ = std::string(kPrefix) + user_component_ + '/';
  if (variant_ == Variant::Thumbnail) text_ += kThumbnails;
  text_ += image_.text();
  if (version_ != 1) text_ += '.' + std::to_string(version_);
  text_ += kSuffix;
}

BlobKey BlobKey::of(const UserId& user, const ImageId& image, Variant variant, std::int64_t version) {
  return {user.key_component(), image, variant, version};
}

std::optional<BlobKey> BlobKey::parse(std::string_view text) {
  if (!text.starts_with(kPrefix) || !text.ends_with(kSuffix)) return std::nullopt;
  text.remove_prefix(kPrefix.size());
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || !is_user_component(text.substr(0, slash))) return std::nullopt;
  std::string user(text.substr(0, slash));
  text.remove_prefix(slash + 1);
  Variant variant = Variant::Main;
  if (text.starts_with(kThumbnails)) {
    variant = Variant::Thumbnail;
    text.remove_prefix(kThumbnails.size());
  }
  if (!text.ends_with(kSuffix)) return std::nullopt;
  text.remove_suffix(kSuffix.size());
  auto image = ImageId::parse(text.substr(0, kUlidLength));
  const auto version = parse_version(text.substr(std::min(kUlidLength, text.size())));
  if (!image || !version || (variant == Variant::Main && *version != 1)) return std::nullopt;
  return BlobKey(std::move(user), std::move(*image), variant, *version);
}

}  // namespace tintype
