#include "service/delete_image.h"

namespace tintype {
namespace {

// Deleting what is gone is success: a client that lost the answer asks again.
Result<void> not_found_is_success(const Error& error) {
  if (error.code == ErrorCode::NotFound) return {};
  return fail(error);
}

}  // namespace

Result<void> DeleteImage::run(const UserId& user, const ImageId& id, Deadline deadline) {
  auto record = metadata_.find(id, deadline);
  if (!record) return not_found_is_success(record.error());
  if (record->user_id != user) return fail(ErrorCode::NotAuthorized, "this image belongs to another user");
  auto deletion = metadata_.begin_deletion(id, clock_.now(), deadline);
  if (!deletion) return not_found_is_success(deletion.error());
  finish(*deletion, deadline);
  return {};
}

Result<int> DeleteImage::redrive(Deadline deadline) {
  constexpr int kBatch = 100;
  int finished = 0;
  std::optional<ImageId> after;
  for (;;) {
    auto batch = metadata_.pending_deletions(kBatch, after, deadline);
    if (!batch) return fail(batch.error());
    for (const Deletion& deletion : *batch) finished += finish(deletion, deadline) ? 1 : 0;
    if (batch->size() < kBatch) return finished;
    after = batch->back().image_id;
  }
}

bool DeleteImage::finish(const Deletion& deletion, Deadline deadline) {
  for (const auto& key : deletion.blob_keys) {
    if (auto removed = blobs_.remove(key, deadline); !removed) {
      log_.warn("a deletion stays in the journal",
                {{"imageId", deletion.image_id.text()}, {"key", key}, {"error", to_string(removed.error())}});
      return false;
    }
  }
  if (auto finished = metadata_.finish_deletion(deletion.image_id, deadline); !finished) {
    log_.warn("a deletion stays in the journal",
              {{"imageId", deletion.image_id.text()}, {"error", to_string(finished.error())}});
    return false;
  }
  return true;
}

}  // namespace tintype
