// DESIGN. A page starts at a place in an index (a row value comparison), not at a number of rows to skip: OFFSET reads
// what it skips, and shows rows twice when something is inserted meanwhile. schema.cpp has the index for each filter;
// list_statement_test.cpp checks the query plans.
#include "adapters/metadata_sqlite/list_statement.h"

#include "adapters/metadata_sqlite/record_row.h"

namespace tintype::sqlite {

std::string list_sql(const ListQuery& query) {
  const std::string place = query.tag ? "image_tags" : "images";
  const bool newest_first = query.order == SortOrder::NewestFirst;
  const std::string direction = newest_first ? " DESC" : " ASC";

  std::string sql = "SELECT " + qualified_record_columns() + " FROM ";
  // CROSS JOIN keeps SQLite from turning the join round (sqlite.org/optoverview.html#crossjoin).
  sql += query.tag ? "image_tags CROSS JOIN images ON images.image_id = image_tags.image_id" : "images";
  sql += " WHERE " + place + ".user_id = ?1";
  if (query.tag) sql += " AND image_tags.tag = ?2";
  if (query.album_id) sql += " AND " + place + ".album_id = ?3";
  if (query.after) {
    sql += " AND (" + place + ".uploaded_at, " + place + ".image_id) " + (newest_first ? "<" : ">") + " (?4, ?5)";
  }
  sql += " ORDER BY " + place + ".uploaded_at" + direction + ", " + place + ".image_id" + direction + " LIMIT ?6";
  return sql;
}

void bind_list(Statement& statement, const ListQuery& query, int rows) {
  statement.bind_one(1, query.user.text());
  if (query.tag) statement.bind_one(2, *query.tag);
  if (query.album_id) statement.bind_one(3, *query.album_id);
  if (query.after) {
    statement.bind_one(4, to_milliseconds(query.after->uploaded_at));
    statement.bind_one(5, query.after->image_id.text());
  }
  statement.bind_one(6, std::int64_t{rows});
}

}  // namespace tintype::sqlite
