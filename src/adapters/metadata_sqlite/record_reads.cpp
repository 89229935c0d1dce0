#include "adapters/metadata_sqlite/record_reads.h"

#include "adapters/metadata_sqlite/list_statement.h"
#include "adapters/metadata_sqlite/record_row.h"
#include "adapters/sqlite/sqlite_error.h"
#include "ports/metadata_error.h"

namespace tintype::sqlite {
namespace {

constexpr int kMaxLimit = 100;

// The caller has checked the limit; if not, this keeps a mistake from reading the whole gallery.
int clamp_limit(int limit) {
  return std::clamp(limit, 1, kMaxLimit);
}

}  // namespace

Result<ImageRecord> find_record(Connection& connection, const ImageId& id) {
  static const std::string sql = "SELECT " + record_columns() + " FROM images WHERE image_id = ?";
  auto select = connection.statement(sql);
  if (!select) return fail(select.error());
  select->bind(id.text());
  const auto row = select->step();
  if (!row) return fail(row.error());
  if (!*row) return fail(no_such_image());
  return read_record(*select);
}

Result<ListPage> list_records(Connection& connection, const ListQuery& query) {
  auto select = connection.statement(list_sql(query));
  if (!select) return fail(select.error());
  const int limit = clamp_limit(query.limit);
  bind_list(*select, query, limit + 1);
  ListPage page;
  for (;;) {
    const auto row = select->step();
    if (!row) return fail(row.error());
    if (!*row) return page;
    if (page.images.size() == static_cast<std::size_t>(limit)) {
      page.next = ListPosition{page.images.back().uploaded_at, page.images.back().image_id};
      return page;
    }
    auto record = read_record(*select);
    if (!record) return fail(record.error());
    page.images.push_back(std::move(*record));
  }
}

Result<std::vector<ImageRecord>> records_after(Connection& connection, const std::optional<ImageId>& after, int limit) {
  static const std::string sql =
      "SELECT " + record_columns() + " FROM images WHERE image_id > ? ORDER BY image_id LIMIT ?";
  auto select = connection.statement(sql);
  if (!select) return fail(select.error());
  select->bind(after ? after->text() : std::string(), std::int64_t{std::max(limit, 0)});  // negative: no limit
  return read_rows<ImageRecord>(*select, read_record);
}

Result<void> check(Connection& connection) {
  auto select = connection.statement("SELECT EXISTS (SELECT 1 FROM images)");
  if (!select) return fail(select.error());
  return select->run();
}

}  // namespace tintype::sqlite
