#pragma once

#include <optional>

#include "ports/clock.h"
#include "service/get_image.h"
#include "service/image_cache.h"

namespace tintype {

// What to change. An absent outer optional leaves the field; an empty inner one clears it.
struct ImagePatch {
  std::optional<std::optional<std::string>> album_id = {};
  std::optional<std::optional<std::string>> title = {};
  std::optional<std::optional<std::string>> description = {};
  std::optional<std::optional<std::string>> alt_text = {};
  std::optional<std::vector<std::string>> tags = {};
  std::optional<std::int64_t> expected_version = {};  // any, if absent
};

// Changes an image's text under optimistic locking. Thread-safe.
class UpdateImage {
 public:
  UpdateImage(GetImage& get, MetadataStore& metadata, ImageCache& cache, const Clock& clock)
      : get_(get), metadata_(metadata), cache_(cache), clock_(clock) {}

  // Errors: ValidationFailed, NotFound, NotAuthorized, VersionMismatch (member "currentVersion"), those of the store.
  Result<ImageRecord> run(const UserId& user, const ImageId& id, const ImagePatch& patch, Deadline deadline);

 private:
  GetImage& get_;
  MetadataStore& metadata_;
  ImageCache& cache_;
  const Clock& clock_;
};

}  // namespace tintype
