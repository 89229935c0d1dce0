#pragma once

#include <chrono>
#include <filesystem>
#include <memory>

#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/write_queue.h"
#include "base/connection_pool.h"
#include "ports/quarantine_store.h"

namespace tintype {

// The strikes in a SQLite file of their own, which several processes on one machine may use at the same time. Not for
// network file systems: WAL needs shared memory.
class SqliteQuarantineStore final : public QuarantineStore {
 public:
  struct Options {
    std::size_t readers = 4;                       // connections, so reads at the same time
    std::chrono::milliseconds busy_timeout{5000};  // for the lock of another process
    std::int64_t capacity = 10'000;                // entries, at least 1; those with the oldest strikes go
  };

  // Opens `file`, creates it if there is none (its directory must exist), and brings its schema up to date. Error:
  // StoreUnavailable, with the file and the reason in the detail.
  static Result<std::unique_ptr<SqliteQuarantineStore>> open(const std::filesystem::path& file, Options options);
  static Result<std::unique_ptr<SqliteQuarantineStore>> open(const std::filesystem::path& file) {
    return open(file, {});
  }

  // Also removes the entries that have expired at `now`, and those beyond the capacity.
  Result<QuarantineEntry> add_strike(std::string_view content_sha256, std::string_view reason, UnixTime now,
                                     UnixTime expires, Deadline deadline) override;
  Result<std::optional<QuarantineEntry>> find(std::string_view content_sha256, UnixTime now,
                                              Deadline deadline) override;
  Result<std::vector<QuarantineEntry>> list(UnixTime now, int limit, Deadline deadline) override;
  Result<bool> forget(std::string_view content_sha256, Deadline deadline) override;

 private:
  SqliteQuarantineStore(const std::filesystem::path& file, const Options& options,
                        std::unique_ptr<sqlite::Connection> writer);

  Result<ConnectionPool<sqlite::Connection>::Lease> borrow_reader(Deadline deadline);

  const Options options_;
  sqlite::WriteQueue writes_;
  ConnectionPool<sqlite::Connection> readers_;
};

}  // namespace tintype
