#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>

#include "adapters/embedded_database/job_signal.h"
#include "adapters/sqlite/write_queue.h"
#include "base/connection_pool.h"

namespace tintype::sqlite {

// tintype.db as one process uses it: one connection that writes and a few that read, for everything that is kept in
// it. Several processes on one machine may do so at the same time. Not for network file systems: WAL needs shared
// memory.
//
// Thread safety: all methods may be called concurrently.
class EmbeddedDatabase {
 public:
  struct Options {
    std::size_t readers = 4;                       // connections, so reads at the same time
    std::chrono::milliseconds busy_timeout{5000};  // for the lock of another process
    WriteQueue::Limits writes = {};
  };

  // Opens `file`, creates it if there is none (its directory must exist), and brings its schema up to date. Error:
  // StoreUnavailable, with the file and the reason in the detail.
  static Result<std::unique_ptr<EmbeddedDatabase>> open(const std::filesystem::path& file, Options options);
  static Result<std::unique_ptr<EmbeddedDatabase>> open(const std::filesystem::path& file) { return open(file, {}); }

  // What `body(connection)` gives, which is a Result<T>; DeadlineExceeded if no connection is free in time.
  template <typename T, typename Body>
  Result<T> read(Deadline deadline, const Body& body) {
    auto reader = borrow_reader(deadline);
    if (!reader) return fail(reader.error());
    return body(**reader);
  }

  // The same in a transaction that is on the disk when this returns; errors as in WriteQueue::run.
  template <typename T, typename Body>
  Result<T> write(Deadline deadline, const Body& body) {
    if constexpr (std::is_void_v<T>) {
      return writes_.run(body, deadline);
    } else {
      std::optional<T> value;
      const auto done = writes_.run(
          [&](Connection& connection) -> Result<void> {
            Result<T> result = body(connection);
            if (!result) return fail(result.error());
            value.emplace(std::move(*result));
            return {};
          },
          deadline);
      if (!done) return fail(done.error());
      return std::move(*value);
    }
  }

  // To be given once a job that this process has pushed is on the disk.
  JobSignal& jobs_pushed() { return jobs_pushed_; }

 private:
  EmbeddedDatabase(const std::filesystem::path& file, const Options& options, std::unique_ptr<Connection> writer);
  Result<ConnectionPool<Connection>::Lease> borrow_reader(Deadline deadline);

  const std::chrono::milliseconds busy_timeout_;
  JobSignal jobs_pushed_;
  WriteQueue writes_;
  ConnectionPool<Connection> readers_;
};

}  // namespace tintype::sqlite
