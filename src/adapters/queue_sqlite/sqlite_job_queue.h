#pragma once

#include <memory>

#include "adapters/embedded_database/embedded_database.h"
#include "ports/clock.h"
#include "ports/job_queue.h"

namespace tintype {

// Jobs in tintype.db, for the processes on one machine. A key is in it once.
class SqliteJobQueue final : public JobQueue {
 public:
  struct Options {
    int max_attempts = 5;
    bool fed_by_commits = false;  // the metadata store in the same file has Options::push_jobs
    // How often it looks for what other processes have pushed. What this one pushes it knows at once.
    std::chrono::milliseconds look_every{500};
  };

  // Shares the database with the metadata store, if that is in the same file.
  SqliteJobQueue(std::shared_ptr<sqlite::EmbeddedDatabase> database, const Clock& clock, Options options)
      : database_(std::move(database)), clock_(clock), options_(options) {}

  Result<void> push(std::span<const NewJob> jobs, Deadline deadline) override;
  bool is_fed_by_commits() const override { return options_.fed_by_commits; }
  Result<std::vector<ReceivedJob>> receive(int limit, std::chrono::milliseconds lease, std::chrono::milliseconds wait,
                                           Deadline deadline) override;
  Result<void> extend(const ReceivedJob& job, std::chrono::milliseconds lease, Deadline deadline) override;
  Result<void> finish(std::span<const ReceivedJob> jobs, Deadline deadline) override;
  Result<bool> retry(const ReceivedJob& job, std::chrono::milliseconds delay, const std::string& reason,
                     Deadline deadline) override;
  Result<void> abort(const ReceivedJob& job, const std::string& reason, Deadline deadline) override;
  Result<QueueDepth> depth(Deadline deadline) override;
  Result<std::vector<DeadJob>> dead(int limit, Deadline deadline) override;
  Result<int> redrive(int limit, Deadline deadline) override;
  Result<void> check(Deadline deadline) override;

 private:
  Result<std::vector<ReceivedJob>> receive_now(int limit, std::chrono::milliseconds lease, Deadline deadline);
  Result<std::optional<UnixTime>> next_due(Deadline deadline);

  const std::shared_ptr<sqlite::EmbeddedDatabase> database_;
  const Clock& clock_;
  const Options options_;
};

}  // namespace tintype
