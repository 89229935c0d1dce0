// What happens to records after their upload: the methods of DerivationStore that have these names.
#pragma once

#include "adapters/metadata_dynamodb/database.h"
#include "ports/derivation_store.h"

namespace tintype::dynamodb {

Result<std::optional<ImageRecord>> finish(Database& database, const ImageId& id, const Derivative& made, UnixTime now,
                                          Deadline deadline);
Result<std::optional<ImageRecord>> give_up(Database& database, const ImageId& id, std::int64_t version,
                                           const std::string& key, const std::string& error, UnixTime now,
                                           Deadline deadline);
Result<std::vector<ImageRecord>> due_derivations(Database& database, UnixTime now, int limit, Deadline deadline);
Result<bool> postpone(Database& database, const ImageRecord& seen, UnixTime redrive_at, Deadline deadline);

}  // namespace tintype::dynamodb
