// What can go wrong, in words that are the same in the log, in the API and in the metrics.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace tintype {

// Stable machine codes. `code_name` gives the name that clients see; http/error_response.cpp maps each to a status.
enum class ErrorCode {
  InvalidFileType,
  FileTooLarge,
  ImageTooLarge,
  ImageUndecodable,
  ValidationFailed,
  InvalidCursor,
  NotFound,
  NotAuthorized,
  Unauthenticated,
  VersionMismatch,
  UploadInProgress,
  IdempotencyMismatch,
  ClaimLost,      // inside only: another attempt or the sweeper has taken an upload's claim
  AlreadyExists,  // inside only: there is a blob under this key
  RateLimited,
  Overloaded,
  StoreUnavailable,
  DeadlineExceeded,
  Internal,
};

// "IMAGE_TOO_LARGE" and so on, as documented in docs/openapi.yaml.
std::string_view code_name(ErrorCode code);

// An extra member of the problem document, e.g. {"currentVersion", 7}.
struct ErrorMember {
  std::string name;
  std::variant<std::int64_t, std::string> value;
};

struct Error {
  ErrorCode code = ErrorCode::Internal;
  std::string public_message;             // sent to the client: what is wrong and what to do
  std::string detail = {};                // logged only: paths, SQL, library messages
  std::vector<ErrorMember> members = {};  // sent beside the message
};

// "STORE_UNAVAILABLE: message (detail)", for logs and test output.
std::string to_string(const Error& error);

}  // namespace tintype
