#pragma once

#include "adapters/sqlite/connection.h"

namespace tintype::sqlite {

// How many migration steps this program knows; the file counts those it has in PRAGMA user_version.
int schema_version();

// Brings the file to schema_version(), in one transaction; nothing to do is the common case and writes nothing. Two
// processes may do this at the same time. Error: StoreUnavailable for a file that a newer program has written.
Result<void> migrate(Connection& connection);

}  // namespace tintype::sqlite
