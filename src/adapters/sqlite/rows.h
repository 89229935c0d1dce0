#pragma once

#include <cstdint>
#include <vector>

#include "adapters/sqlite/connection.h"
#include "base/time_format.h"

namespace tintype::sqlite {

// Times are stored in milliseconds since 1970.
inline std::int64_t to_milliseconds(UnixTime time) {
  return time.time_since_epoch().count();
}
inline UnixTime time_at(const Statement& row, int column) {
  return UnixTime(UnixTime::duration(row.integer(column)));
}

// All rows that `select` still has, each read by `read`.
template <typename Value>
Result<std::vector<Value>> read_rows(Statement& select, Result<Value> (*read)(const Statement&)) {
  std::vector<Value> values;
  for (;;) {
    const auto row = select.step();
    if (!row) return fail(row.error());
    if (!*row) return values;
    auto value = read(select);
    if (!value) return fail(value.error());
    values.push_back(std::move(*value));
  }
}

// Binds `values` to `sql` and runs it to its end.
template <typename... Values>
Result<void> run(Connection& connection, std::string_view sql, const Values&... values) {
  auto statement = connection.statement(sql);
  if (!statement) return fail(statement.error());
  statement->bind(values...);
  return statement->run();
}

// The same for a statement that ends in RETURNING: whether it has changed a row.
template <typename... Values>
Result<bool> changes_a_row(Connection& connection, std::string_view sql, const Values&... values) {
  auto statement = connection.statement(sql);
  if (!statement) return fail(statement.error());
  statement->bind(values...);
  const auto row = statement->step();
  if (!row || !*row) return row;
  if (auto done = statement->run(); !done) return fail(done.error());
  return true;
}

}  // namespace tintype::sqlite
