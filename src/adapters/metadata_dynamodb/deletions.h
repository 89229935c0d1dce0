// The journal of deletions: the methods of MetadataStore that have these names.
#pragma once

#include "adapters/metadata_dynamodb/database.h"
#include "ports/metadata_store.h"

namespace tintype::dynamodb {

Result<Deletion> begin_deletion(Database& database, const ImageId& id, UnixTime now, Deadline deadline);
Result<std::optional<Deletion>> bury(Database& database, const ImageId& id, std::span<const std::string> keys,
                                     UnixTime now, Deadline deadline);
Result<std::vector<Deletion>> due_deletions(Database& database, UnixTime now, int limit, Deadline deadline);
Result<void> postpone_deletion(Database& database, const Deletion& deletion, UnixTime due, Deadline deadline);
Result<void> finish_deletion(Database& database, const Deletion& deletion, Deadline deadline);

}  // namespace tintype::dynamodb
