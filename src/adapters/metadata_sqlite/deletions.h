#pragma once

#include <span>

#include "adapters/sqlite/connection.h"
#include "ports/metadata_store.h"

namespace tintype::sqlite {

// The journal of deletions. Results and errors are those of MetadataStore's methods of the same name. What writes takes
// several statements: call within a transaction, and roll back to where it began if it fails.
Result<Deletion> begin_deletion(Connection& connection, const ImageId& id, UnixTime now, bool announce);
Result<std::optional<Deletion>> bury(Connection& connection, const ImageId& id, std::span<const std::string> keys,
                                     UnixTime now);
Result<std::vector<Deletion>> due_deletions(Connection& connection, UnixTime now, int limit);
Result<void> postpone_deletion(Connection& connection, const Deletion& deletion, UnixTime due);
Result<void> finish_deletion(Connection& connection, const Deletion& deletion);

// Enters an image with its keys, and with those of the entry that it has already; that one is no longer there.
Result<Deletion> enter_deletion(Connection& connection, const ImageId& id, std::vector<std::string> keys, UnixTime now);

}  // namespace tintype::sqlite
