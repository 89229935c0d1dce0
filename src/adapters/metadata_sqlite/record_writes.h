#pragma once

#include "adapters/sqlite/connection.h"
#include "ports/metadata_store.h"

namespace tintype::sqlite {

// What MetadataStore writes of records. Results and errors are those of the methods of the same name. Each takes
// several statements: call within a transaction, and roll back to where it began if it fails.

// The id is new: ids are made by us and never used again; one that exists is Internal.
Result<void> insert_record(Connection& connection, const ImageRecord& record);
Result<ImageRecord> update_text(Connection& connection, const ImageId& id, const ImageText& text,
                                std::optional<std::int64_t> expected_version, UnixTime updated_at);
Result<bool> import_record(Connection& connection, const ImageRecord& record);

}  // namespace tintype::sqlite
