#pragma once

#include <sqlite3.h>

#include "base/error.h"

namespace tintype::sqlite {

inline constexpr int kPrimaryCodeMask = 0xff;  // the upper bits of an extended code only refine it

// The one place that turns SQLite's result codes (sqlite.org/rescode.html) into ours. What the file, the disk or
// another process is to blame for is StoreUnavailable; the rest is a bug of ours: Internal. `text` goes into the detail
// only.
Error to_error(int extended_code, const std::string& text);

// For the call on `connection` that has just failed.
Error last_error(sqlite3* connection);

}  // namespace tintype::sqlite
