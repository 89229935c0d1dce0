#include "service/update_image.h"

#include "model/validation.h"

namespace tintype {
namespace {

ImageText patched(ImageText text, const ImagePatch& patch) {
  if (patch.album_id) text.album_id = *patch.album_id;
  if (patch.title) text.title = *patch.title;
  if (patch.description) text.description = *patch.description;
  if (patch.alt_text) text.alt_text = *patch.alt_text;
  if (patch.tags) text.tags = *patch.tags;
  return text;
}

}  // namespace

Result<ImageRecord> UpdateImage::run(const UserId& user, const ImageId& id, const ImagePatch& patch,
                                     Deadline deadline) {
  // Without a version from the caller the patch is merged into what was just read, and again if that changed meanwhile.
  constexpr int kMergeAttempts = 5;
  for (int attempt = 1;; ++attempt) {
    auto current = get_.run(user, id, deadline);
    if (!current) return current;
    const ImageText text = patched(current->text, patch);
    if (auto valid = validate(text); !valid) return fail(valid.error());
    const auto write = cache_.write(user, id);
    auto updated =
        metadata_.update_text(id, text, patch.expected_version.value_or(current->version), clock_.now(), deadline);
    const bool lost_race = !updated && updated.error().code == ErrorCode::VersionMismatch && !patch.expected_version;
    if (!lost_race || attempt == kMergeAttempts) return updated;
  }
}

}  // namespace tintype
