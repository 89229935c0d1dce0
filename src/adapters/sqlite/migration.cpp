#include "adapters/sqlite/migration.h"

#include "adapters/sqlite/transaction.h"

namespace tintype::sqlite {
namespace {

Result<std::size_t> read_version(Connection& connection, std::size_t newest) {
  auto pragma = connection.statement("PRAGMA user_version");
  if (!pragma) return fail(pragma.error());
  const auto row = pragma->step();
  if (!row) return fail(row.error());
  const auto version = static_cast<std::size_t>(pragma->integer(0));
  if (version <= newest) return version;
  return fail(ErrorCode::StoreUnavailable, "the store was written by a newer version of tintype",
              "database " + std::string(sqlite3_db_filename(connection.handle(), "main")) + " has schema version " +
                  std::to_string(version) + ", this program knows up to " + std::to_string(newest) +
                  "; run the newer program");
}

Result<void> apply(Connection& connection, std::span<const char* const> steps, std::size_t from) {
  for (const char* step : steps.subspan(from)) {
    if (auto applied = connection.execute(step); !applied) return applied;
  }
  return connection.execute(("PRAGMA user_version = " + std::to_string(steps.size())).c_str());
}

}  // namespace

Result<void> migrate(Connection& connection, std::span<const char* const> steps) {
  const auto before = read_version(connection, steps.size());
  if (!before) return fail(before.error());
  if (*before == steps.size()) return {};

  auto transaction = Transaction::begin(connection);
  if (!transaction) return fail(transaction.error());
  const auto version = read_version(connection, steps.size());  // again: another process may have been faster
  if (!version) return fail(version.error());
  if (auto applied = apply(connection, steps, *version); !applied) return applied;
  return transaction->commit();
}

}  // namespace tintype::sqlite
