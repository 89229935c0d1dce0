#include "ports/metadata_error.h"

namespace tintype {

Error no_such_image() {
  return {ErrorCode::NotFound, "no such image"};
}

Error claim_lost() {
  return {ErrorCode::ClaimLost, "another attempt of this upload is under way; try again shortly"};
}

Error upload_in_progress() {
  return {ErrorCode::UploadInProgress, "an upload with this idempotency token is under way; try again shortly"};
}

Error idempotency_mismatch() {
  return {ErrorCode::IdempotencyMismatch,
          "this idempotency token was used for another upload; use a new token for a new upload"};
}

Error version_mismatch(std::int64_t current) {
  return {.code = ErrorCode::VersionMismatch,
          .public_message = "the image has been changed meanwhile; read it again and repeat the change",
          .members = {{"currentVersion", current}}};
}

}  // namespace tintype
