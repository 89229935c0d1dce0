#pragma once

#include <sqlite3.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/sqlite/statement.h"
#include "base/result.h"

namespace tintype::sqlite {

// One connection to a database file in WAL mode, and the statements it keeps prepared.
//
// Thread safety: none; one thread at a time. SQLite's own locks are off (SQLITE_OPEN_NOMUTEX).
class Connection {
 public:
  // Creates the file if there is none, but not its directory. What it commits survives power loss (synchronous=FULL).
  // Waits up to `busy_timeout` for another process's lock. Errors: StoreUnavailable, naming `file` in the detail.
  static Result<std::unique_ptr<Connection>> open_read_write(const std::filesystem::path& file,
                                                             std::chrono::milliseconds busy_timeout);
  // For a file that a read-write connection has opened before.
  static Result<std::unique_ptr<Connection>> open_read_only(const std::filesystem::path& file);

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void set_busy_timeout(std::chrono::milliseconds timeout);

  // Prepares `sql` at its first use. No other Statement of the same text may be alive. Use placeholders: every text is
  // kept until the connection closes.
  Result<Statement> statement(std::string_view sql);

  // Runs one or more statements that give no rows and are not worth keeping.
  Result<void> execute(const char* sql);

  // False once SQLite has rolled a transaction back by itself, as it may when the disk is full.
  bool in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

  sqlite3* handle() const { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  using Handle = std::unique_ptr<sqlite3, Close>;
  using Prepared = std::unique_ptr<sqlite3_stmt, Finalize>;

  explicit Connection(Handle handle) : handle_(std::move(handle)) {}
  static Result<std::unique_ptr<Connection>> open(const std::filesystem::path& file, int flags);
  Result<void> use_wal(std::chrono::milliseconds busy_timeout);
  Result<void> switch_to_wal();

  Handle handle_;
  std::map<std::string, Prepared, std::less<>> prepared_;  // finalized before handle_ closes
};

}  // namespace tintype::sqlite
