#pragma once

#include <string>

#include "adapters/sqlite/statement.h"
#include "ports/metadata_store.h"

namespace tintype::sqlite {

// The statement that reads a page of a listing; one text per combination of filters, order and whether it is a first
// page.
std::string list_sql(const ListQuery& query);

// `rows` to read at most: one more than the page's limit tells whether there is a next page.
void bind_list(Statement& statement, const ListQuery& query, int rows);

}  // namespace tintype::sqlite
