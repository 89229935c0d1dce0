#include "adapters/blob_filesystem/filesystem_error.h"

#include <cerrno>
#include <system_error>

namespace tintype {

tl::unexpected<Error> filesystem_error(int error, std::string_view step, std::string_view path) {
  std::string detail = std::string(step) + " " + std::string(path) + ": " + std::generic_category().message(error);
  if (error == EISDIR || error == ENOTDIR) {
    return fail(ErrorCode::ValidationFailed, "a blob key must not be a directory of another key", std::move(detail));
  }
  return fail(ErrorCode::StoreUnavailable, "the picture store is not available; try again later", std::move(detail));
}

bool means_absent(int error) {
  return error == ENOENT || error == ENOTDIR || error == ELOOP || error == ENXIO;
}

tl::unexpected<Error> deadline_passed(std::string_view step) {
  return fail(ErrorCode::DeadlineExceeded, "the picture store took too long; try again later", std::string(step));
}

}  // namespace tintype
