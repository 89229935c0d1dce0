#pragma once

#include <compare>
#include <cstdint>
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
// A thumbnail that was made again is under images/{user}/thumbnails/{imageId}.{version}.webp, with versions from 2 on.
// The bytes under a key never change, so a key is also what an ETag and an `immutable` answer need.
class BlobKey {
 public:
  // `version` is 1 for a main picture, and 1 to 999,999,999 for a thumbnail.
  static BlobKey of(const UserId& user, const ImageId& image, Variant variant, std::int64_t version = 1);

  // nullopt unless `text` is exactly what `of` makes.
  static std::optional<BlobKey> parse(std::string_view text);

  const std::string& text() const { return text_; }
  const std::string& user_component() const { return user_component_; }
  const ImageId& image() const { return image_; }
  Variant variant() const { return variant_; }
  std::int64_t version() const { return version_; }

  friend bool operator==(const BlobKey& a, const BlobKey& b) { return a.text_ == b.text_; }

 private:
  BlobKey(std::string user_component, ImageId image, Variant variant, std::int64_t version);

  std::string user_component_;
  ImageId image_;
  Variant variant_;
  std::int64_t version_;
  std::string text_;
};

}  // namespace tintype
