#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace tintype {

// Names one image for ever: a ULID, so ids sort by the time of upload.
class ImageId {
 public:
  // nullopt unless `text` is a canonical (upper-case) ULID.
  static std::optional<ImageId> parse(std::string_view text);

  const std::string& text() const { return text_; }
  friend auto operator<=>(const ImageId&, const ImageId&) = default;

 private:
  explicit ImageId(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace tintype
