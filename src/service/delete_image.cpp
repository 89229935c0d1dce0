#include "service/delete_image.h"

#include "base/crash_point.h"
#include "model/image_event.h"
#include "service/derive_image.h"

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
  const auto deletion = [&] {
    const auto write = cache_.write(user, id);
    return metadata_.begin_deletion(id, time_of_change(*record, clock_.now()), deadline);
  }();
  if (!deletion) return not_found_is_success(deletion.error());
  bus_.publish(user, id);
  crash_point("delete.begun");
  // A job that is under way may still put a picture there, and then be cut off before it finds that the image is gone.
  const bool once_more = record->status == ProcessingStatus::Processing;
  finish_.run(*deletion, deadline, once_more ? std::optional(clock_.now() + kLongestDerivation) : std::nullopt);
  return {};
}

}  // namespace tintype
