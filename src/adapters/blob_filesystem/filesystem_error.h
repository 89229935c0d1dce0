#pragma once

#include <string_view>

#include "base/result.h"

namespace tintype {

// The only place where errno becomes an Error. EISDIR and ENOTDIR mean that one key is a directory on the way to
// another: ValidationFailed. Everything else (full, read-only, broken, too many open files) is StoreUnavailable. `step`
// and `path` go into the detail, which is logged and never sent.
tl::unexpected<Error> filesystem_error(int error, std::string_view step, std::string_view path);

// True if `error`, from opening a path, says that no file of ours is there: nothing, a symbolic link, a socket, or a
// file where a directory would have to be.
bool means_absent(int error);

tl::unexpected<Error> deadline_passed(std::string_view step);

}  // namespace tintype
