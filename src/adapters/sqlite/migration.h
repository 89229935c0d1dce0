#pragma once

#include <span>

#include "adapters/sqlite/connection.h"

namespace tintype::sqlite {

// Brings a file to the newest schema: `steps[n]` leads from version n to n + 1, and the file counts those it has had in
// PRAGMA user_version. All happen in one transaction or none; nothing to do is the common case and writes nothing. Two
// processes may do this at the same time. Error: StoreUnavailable for a file that a newer program has written.
Result<void> migrate(Connection& connection, std::span<const char* const> steps);

}  // namespace tintype::sqlite
