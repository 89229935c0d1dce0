#pragma once

#include <string>
#include <vector>

#include "adapters/sqlite/rows.h"
#include "adapters/sqlite/statement.h"
#include "model/image_record.h"

namespace tintype::sqlite {

// The columns of `images` that make a record, in the order of bind_record and read_record: "image_id, user_id, …".
std::string record_columns();
// The same for a statement with a second table in it: "images.image_id, images.user_id, …".
std::string qualified_record_columns();
// A placeholder for each: "?, ?, …".
std::string record_placeholders();

void bind_record(Statement& statement, const ImageRecord& record);

// From a row whose first columns are record_columns(). Error: StoreUnavailable for a row that we cannot have written.
Result<ImageRecord> read_record(const Statement& row);

// Lists of strings are stored as JSON arrays.
std::string to_json_array(const std::vector<std::string>& strings);
Result<std::vector<std::string>> parse_json_array(const std::string& json);

}  // namespace tintype::sqlite
