#include "service/get_image.h"

namespace tintype {

Result<ImageRecord> GetImage::run(const UserId& user, const ImageId& id, Deadline deadline) {
  auto record = metadata_.find(id, deadline);
  if (!record) return fail(record.error());
  if (record->user_id != user) return fail(ErrorCode::NotAuthorized, "this image belongs to another user");
  return record;
}

}  // namespace tintype
