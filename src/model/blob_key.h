#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "model/image_id.h"
#include "model/user_id.h"

namespace tintype {

// Which of an image's stored pictures.
enum class Variant { Main, Thumbnail };

// Where a picture is stored:
//   images/{user}/{imageId}.webp and images/{user}/thumbnails/{imageId}.webp, {user} as UserId::key_component.
// The bytes under a key never change, so a key is also what an ETag and an `immutable` answer need.
class BlobKey {
 public:
  static BlobKey of(const UserId& user, const ImageId& image, Variant variant);

  // nullopt unless `text` is exactly what `of` makes.
  static std::optional<BlobKey> parse(std::string_view text);

  const std::string& text() const { return text_; }
  const std::string& user_component() const { return user_component_; }
  const ImageId& image() const { return image_; }
  Variant variant() const { return variant_; }

  friend bool operator==(const BlobKey& a, const BlobKey& b) { return a.text_ == b.text_; }

 private:
  BlobKey(std::string user_component, ImageId image, Variant variant);

  std::string user_component_;
  ImageId image_;
  Variant variant_;
  std::string text_;
};

}  // namespace tintype
