#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "adapters/sqlite/connection.h"
#include "base/deadline.h"
#include "base/result.h"

namespace tintype::sqlite {

// Runs jobs that write on one thread, many to a transaction. See the .cpp for why.
//
// Thread safety: run and waiting may be called on any thread. All calls must have returned before the queue ends.
class WriteQueue {
 public:
  // Runs inside a transaction, on the writer thread. What it did is undone if it fails (or throws, which is Internal).
  using Job = std::function<Result<void>(Connection&)>;

  struct Limits {
    std::size_t waiting = 1024;  // jobs; the next one is Overloaded
    std::size_t batch = 256;     // jobs in a transaction
  };

  WriteQueue(std::unique_ptr<Connection> connection, Limits limits);
  ~WriteQueue();
  WriteQueue(const WriteQueue&) = delete;
  WriteQueue& operator=(const WriteQueue&) = delete;

  // Success: the job succeeded and is on the disk. Otherwise nothing of it happened:
  //   Overloaded        at once, too many jobs are waiting;
  //   DeadlineExceeded  the deadline passed before the job was begun, and it will not be. A job that has been begun is
  //                     waited for, whatever the deadline says, because only its end tells whether it happened;
  //   StoreUnavailable  its transaction could not be begun or committed;
  //   the job's own error.
  Result<void> run(const Job& job, Deadline deadline);

  // How many jobs wait to be begun.
  std::size_t waiting() const;

 private:
  enum class Stage { Waiting, Running, Answered };
  // Lives on the stack of the caller in run, who stays there until it is Answered or taken out of the queue.
  struct Ticket {
    const Job& job;
    Stage stage = Stage::Waiting;  // guarded by mutex_
    std::condition_variable answered = {};
    Result<void> outcome = {};  // the writer's until Answered
  };
  using Batch = std::vector<Ticket*>;

  void write_until_stopped();
  bool wait_for_work();
  Batch take_batch();
  void run_batch();
  Result<void> run_jobs(const Batch& batch);
  Result<void> run_in_savepoint(Ticket& ticket);
  void answer(const Batch& batch);

  const std::unique_ptr<Connection> connection_;  // the writer thread's
  const Limits limits_;
  mutable std::mutex mutex_;
  std::condition_variable work_;
  std::deque<Ticket*> waiting_;  // guarded by mutex_
  bool stopping_ = false;        // guarded by mutex_
  std::thread writer_;           // last: started when all else is there
};

}  // namespace tintype::sqlite
