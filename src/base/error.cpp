#include "base/error.h"

namespace tintype {

std::string_view code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::InvalidFileType:
      return "INVALID_FILE_TYPE";
    case ErrorCode::FileTooLarge:
      return "FILE_TOO_LARGE";
    case ErrorCode::ImageTooLarge:
      return "IMAGE_TOO_LARGE";
    case ErrorCode::ImageUndecodable:
      return "IMAGE_UNDECODABLE";
    case ErrorCode::ValidationFailed:
      return "VALIDATION_FAILED";
    case ErrorCode::InvalidCursor:
      return "INVALID_CURSOR";
    case ErrorCode::NotFound:
      return "IMAGE_NOT_FOUND";
    case ErrorCode::NotAuthorized:
      return "NOT_AUTHORIZED";
    case ErrorCode::Unauthenticated:
      return "UNAUTHENTICATED";
    case ErrorCode::VersionMismatch:
      return "VERSION_MISMATCH";
    case ErrorCode::UploadInProgress:
      return "UPLOAD_IN_PROGRESS";
    case ErrorCode::IdempotencyMismatch:
      return "IDEMPOTENCY_MISMATCH";
    case ErrorCode::ClaimLost:
      return "CLAIM_LOST";
    case ErrorCode::AlreadyExists:
      return "ALREADY_EXISTS";
    case ErrorCode::RateLimited:
      return "RATE_LIMITED";
    case ErrorCode::Overloaded:
      return "OVERLOADED";
    case ErrorCode::StoreUnavailable:
      return "STORE_UNAVAILABLE";
    case ErrorCode::DeadlineExceeded:
      return "DEADLINE_EXCEEDED";
    case ErrorCode::Internal:
      break;
  }
  return "INTERNAL";
}

std::string to_string(const Error& error) {
  std::string text(code_name(error.code));
  text += ": " + error.public_message;
  if (!error.detail.empty()) text += " (" + error.detail + ")";
  return text;
}

}  // namespace tintype
