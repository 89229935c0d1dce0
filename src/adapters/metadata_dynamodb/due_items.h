#pragma once

#include "adapters/metadata_dynamodb/database.h"
#include "adapters/metadata_dynamodb/keys.h"

namespace tintype::dynamodb {

// Up to `limit` items of that kind in the table's due index that are not due after `now`, longest overdue first. One
// query for each shard of the index, whatever the table holds. The index may lag behind: an item may be as it was a
// moment ago.
Result<std::vector<Item>> due_items(Database& database, Table table, DueKind kind, UnixTime now, int limit,
                                    Deadline deadline);

}  // namespace tintype::dynamodb
