#pragma once

#include "adapters/sqlite/connection.h"
#include "ports/metadata_store.h"

namespace tintype::sqlite {

// What MetadataStore reads, one statement (so one snapshot) each. Results and errors are those of the methods of the
// same name.
Result<ImageRecord> find_record(Connection& connection, const ImageId& id);
Result<ListPage> list_records(Connection& connection, const ListQuery& query);
Result<std::vector<ImageRecord>> records_after(Connection& connection, const std::optional<ImageId>& after, int limit);
Result<void> check(Connection& connection);

}  // namespace tintype::sqlite
