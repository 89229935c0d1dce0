// DESIGN. A read goes before every upload, a write happens when a process was killed. So reads have connections of
// their own and never wait for the fsync of a strike (WAL), and writes go through the same queue as those of metadata:
// it answers after COMMIT, and lets a caller leave at its deadline while another process holds the lock. A file of its
// own, because the list must be readable and writable when the metadata are elsewhere, and is safe to delete.
#include "adapters/quarantine_sqlite/sqlite_quarantine_store.h"

#include <array>

#include "adapters/sqlite/migration.h"
#include "adapters/sqlite/rows.h"

namespace tintype {
namespace {

using sqlite::Connection;
using sqlite::run;
using sqlite::Statement;
using sqlite::to_milliseconds;

constexpr const char* kCreateQuarantine = R"sql(
  CREATE TABLE quarantine (
    content_sha256 TEXT NOT NULL PRIMARY KEY,
    strikes        INTEGER NOT NULL,
    reason         TEXT NOT NULL,
    last_strike    INTEGER NOT NULL,  -- both times: milliseconds since 1970, UTC
    expires        INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX quarantine_by_last_strike ON quarantine (last_strike DESC, content_sha256);
)sql";

// Step n brings a file from version n to n + 1. Released steps never change; add one.
constexpr std::array kSteps = {kCreateQuarantine};

constexpr std::string_view kAddStrike =
    "INSERT INTO quarantine (content_sha256, strikes, reason, last_strike, expires) VALUES (?1, 1, ?2, ?3, ?4)"
    " ON CONFLICT (content_sha256) DO UPDATE SET strikes = iif(expires > excluded.last_strike, strikes + 1, 1),"
    " reason = excluded.reason, last_strike = excluded.last_strike, expires = excluded.expires"
    " RETURNING content_sha256, strikes, reason, last_strike, expires";
constexpr std::string_view kFind =
    "SELECT content_sha256, strikes, reason, last_strike, expires FROM quarantine"
    " WHERE content_sha256 = ?1 AND expires > ?2";
constexpr std::string_view kList =
    "SELECT content_sha256, strikes, reason, last_strike, expires FROM quarantine WHERE expires > ?1"
    " ORDER BY last_strike DESC, content_sha256 LIMIT ?2";
constexpr std::string_view kForget = "DELETE FROM quarantine WHERE content_sha256 = ?1 RETURNING 1";
constexpr std::string_view kPrune = "DELETE FROM quarantine WHERE expires <= ?1";
constexpr std::string_view kBound =
    "DELETE FROM quarantine WHERE content_sha256 IN (SELECT content_sha256 FROM quarantine WHERE content_sha256 <> ?1"
    " ORDER BY last_strike DESC, content_sha256 LIMIT -1 OFFSET ?2)";

QuarantineEntry read_entry(const Statement& row) {
  return {.content_sha256 = row.text(0),
          .strikes = static_cast<int>(row.integer(1)),
          .reason = row.text(2),
          .last_strike = UnixTime(std::chrono::milliseconds(row.integer(3))),
          .expires = UnixTime(std::chrono::milliseconds(row.integer(4)))};
}

template <typename... Values>
Result<std::vector<QuarantineEntry>> entries_of(Connection& connection, std::string_view sql, const Values&... values) {
  auto statement = connection.statement(sql);
  if (!statement) return fail(statement.error());
  statement->bind(values...);
  std::vector<QuarantineEntry> entries;
  for (;;) {
    const auto row = statement->step();
    if (!row) return fail(row.error());
    if (!*row) return entries;
    entries.push_back(read_entry(*statement));
  }
}

}  // namespace

Result<std::unique_ptr<SqliteQuarantineStore>> SqliteQuarantineStore::open(const std::filesystem::path& file,
                                                                           Options options) {
  auto writer = Connection::open_read_write(file, options.busy_timeout);
  if (!writer) return fail(writer.error());
  if (auto migrated = sqlite::migrate(**writer, kSteps); !migrated) return fail(migrated.error());
  // The constructor is private.
  return std::unique_ptr<SqliteQuarantineStore>(new SqliteQuarantineStore(file, options, std::move(*writer)));
}

SqliteQuarantineStore::SqliteQuarantineStore(const std::filesystem::path& file, const Options& options,
                                             std::unique_ptr<Connection> writer)
    : options_(options),
      writes_(std::move(writer), {}),
      readers_(options.readers, [file] { return Connection::open_read_only(file); }) {}

Result<ConnectionPool<Connection>::Lease> SqliteQuarantineStore::borrow_reader(Deadline deadline) {
  const auto too_late = [] {
    return fail(ErrorCode::DeadlineExceeded, "the store took too long; try again later",
                "the deadline passed before the quarantine was read");
  };
  if (deadline.expired()) return too_late();
  auto reader = readers_.borrow(deadline);
  if (!reader && reader.error().code == ErrorCode::Overloaded) return too_late();  // none came free in time
  if (reader) (*reader)->set_busy_timeout(std::min(options_.busy_timeout, deadline.remaining()));
  return reader;
}

Result<QuarantineEntry> SqliteQuarantineStore::add_strike(std::string_view content_sha256, std::string_view reason,
                                                          UnixTime now, UnixTime expires, Deadline deadline) {
  QuarantineEntry entry;
  const auto strike = [&](Connection& connection) -> Result<void> {
    auto struck =
        entries_of(connection, kAddStrike, content_sha256, reason, to_milliseconds(now), to_milliseconds(expires));
    if (!struck) return fail(struck.error());
    entry = std::move(struck->at(0));
    if (auto pruned = run(connection, kPrune, to_milliseconds(now)); !pruned) return pruned;
    return run(connection, kBound, content_sha256, options_.capacity - 1);
  };
  if (auto written = writes_.run(strike, deadline); !written) return fail(written.error());
  return entry;
}

Result<std::optional<QuarantineEntry>> SqliteQuarantineStore::find(std::string_view content_sha256, UnixTime now,
                                                                   Deadline deadline) {
  auto reader = borrow_reader(deadline);
  if (!reader) return fail(reader.error());
  auto found = entries_of(**reader, kFind, content_sha256, to_milliseconds(now));
  if (!found) return fail(found.error());
  if (found->empty()) return std::nullopt;
  return std::move(found->front());
}

Result<std::vector<QuarantineEntry>> SqliteQuarantineStore::list(UnixTime now, int limit, Deadline deadline) {
  auto reader = borrow_reader(deadline);
  if (!reader) return fail(reader.error());
  return entries_of(**reader, kList, to_milliseconds(now), std::int64_t{std::max(limit, 0)});  // negative: no limit
}

Result<bool> SqliteQuarantineStore::forget(std::string_view content_sha256, Deadline deadline) {
  bool was_on_it = false;
  const auto remove = [&](Connection& connection) -> Result<void> {
    auto statement = connection.statement(kForget);
    if (!statement) return fail(statement.error());
    statement->bind(content_sha256);
    const auto row = statement->step();
    if (!row) return fail(row.error());
    was_on_it = *row;
    return was_on_it ? statement->run() : Result<void>();
  };
  if (auto written = writes_.run(remove, deadline); !written) return fail(written.error());
  return was_on_it;
}

}  // namespace tintype
