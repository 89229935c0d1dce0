#pragma once

#include "adapters/metadata_dynamodb/database.h"
#include "ports/metadata_store.h"

namespace tintype::dynamodb {

// The method list of MetadataStore. A page reads a range of an index, which may lag behind the table.
Result<ListPage> list_records(Database& database, const ListQuery& query, Deadline deadline);

}  // namespace tintype::dynamodb
