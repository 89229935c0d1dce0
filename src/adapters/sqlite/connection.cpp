#include "adapters/sqlite/connection.h"

#include "adapters/sqlite/sqlite_error.h"
#include "base/deadline.h"

namespace tintype::sqlite {
namespace {

// The WAL is cut back to this after a checkpoint, so that one burst does not hold the disk space for ever.
constexpr const char* kWriterPragmas =
    "PRAGMA synchronous = FULL;"
    "PRAGMA foreign_keys = ON;"
    "PRAGMA journal_size_limit = 67108864;";

// Not mapped into memory: there, an I/O error of the disk would be a SIGBUS and end the process, and a page costs only
// one pread more.
constexpr const char* kReaderPragmas =
    "PRAGMA query_only = ON;"
    "PRAGMA mmap_size = 0;";

constexpr std::chrono::milliseconds kRetryPause{5};

Error naming(const std::filesystem::path& file, Error error) {
  error.detail = "database " + file.string() + ": " + error.detail;
  return error;
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(const std::filesystem::path& file, int flags) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  Handle handle(raw);
  if (code != SQLITE_OK) return fail(naming(file, to_error(code, raw ? sqlite3_errmsg(raw) : sqlite3_errstr(code))));
  return std::unique_ptr<Connection>(new Connection(std::move(handle)));  // the constructor is private
}

Result<std::unique_ptr<Connection>> Connection::open_read_write(const std::filesystem::path& file,
                                                                std::chrono::milliseconds busy_timeout) {
  auto connection = open(file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (!connection) return connection;
  // SQLite falls back to reading when it may not write.
  if (sqlite3_db_readonly((*connection)->handle(), "main") == 1) {
    return fail(naming(file, to_error(SQLITE_READONLY, "no permission to write the file")));
  }
  (*connection)->set_busy_timeout(busy_timeout);
  if (auto wal = (*connection)->use_wal(busy_timeout); !wal) return fail(naming(file, wal.error()));
  if (auto set = (*connection)->execute(kWriterPragmas); !set) return fail(naming(file, set.error()));
  return connection;
}

Result<std::unique_ptr<Connection>> Connection::open_read_only(const std::filesystem::path& file) {
  auto connection = open(file, SQLITE_OPEN_READONLY);
  if (!connection) return connection;
  if (auto set = (*connection)->execute(kReaderPragmas); !set) return fail(naming(file, set.error()));
  return connection;
}

void Connection::set_busy_timeout(std::chrono::milliseconds timeout) {
  sqlite3_busy_timeout(handle_.get(), static_cast<int>(timeout.count()));
}

Result<void> Connection::use_wal(std::chrono::milliseconds busy_timeout) {
  // SQLite reads the mode before it takes the write lock, and with a read begun it does not wait for a lock: two that
  // open a new file at the same time would meet SQLITE_BUSY at once, whatever the busy timeout.
  const Deadline deadline = Deadline::after(busy_timeout);
  for (;;) {
    auto switched = switch_to_wal();
    const bool is_busy = !switched && (sqlite3_errcode(handle_.get()) & kPrimaryCodeMask) == SQLITE_BUSY;
    if (!is_busy || deadline.expired()) return switched;
    sqlite3_sleep(static_cast<int>(kRetryPause.count()));
  }
}

Result<void> Connection::switch_to_wal() {
  auto pragma = statement("PRAGMA journal_mode = WAL");
  if (!pragma) return fail(pragma.error());
  const auto row = pragma->step();
  if (!row) return fail(row.error());
  const std::string mode = pragma->text(0);
  if (mode == "wal") return {};
  return fail(to_error(SQLITE_CANTOPEN, "this file system cannot keep a WAL; the mode stays " + mode));
}

Result<Statement> Connection::statement(std::string_view sql) {
  if (const auto found = prepared_.find(sql); found != prepared_.end()) return Statement(found->second.get());
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (code != SQLITE_OK) return fail(last_error(handle_.get()));
  const auto added = prepared_.emplace(sql, Prepared(raw)).first;
  return Statement(added->second.get());
}

Result<void> Connection::execute(const char* sql) {
  if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return fail(last_error(handle_.get()));
}

}  // namespace tintype::sqlite
