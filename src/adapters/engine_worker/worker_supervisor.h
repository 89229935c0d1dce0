#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <thread>
#include <vector>

#include "adapters/engine_worker/auto_provision.h"
#include "adapters/engine_worker/pool_metrics.h"
#include "adapters/engine_worker/worker_roster.h"
#include "adapters/engine_worker/zygote_process.h"
#include "base/log.h"

namespace tintype {

// Keeps a roster staffed: starts the zygote and workers, brings workers in once they are warm, and ends those that are
// surplus. All on one thread of its own, which waits in poll(2) for whatever happens next.
class WorkerSupervisor {
 public:
  using Clock = std::chrono::steady_clock;
  struct Options {
    std::filesystem::path program;           // tintype-worker
    std::uint64_t memory_limit = 0;          // bytes a worker may use beyond its libraries
    std::chrono::milliseconds idle{60'000};  // after which a worker beyond the target ends
    bool automatic = false;                  // the target follows `auto_provision`
  };

  // Starts the zygote, on this thread: what it forks dies with this thread, at the latest.
  WorkerSupervisor(Options options, WorkerRoster& roster, AutoProvision& auto_provision, PoolMetrics& metrics,
                   const Logger& log);
  ~WorkerSupervisor();
  WorkerSupervisor(const WorkerSupervisor&) = delete;
  WorkerSupervisor& operator=(const WorkerSupervisor&) = delete;

  // Something changed in the roster that may need a worker started or ended. Thread-safe.
  void wake();
  // Why the last start failed; empty if it did not. Thread-safe.
  std::string last_failure() const;

 private:
  struct Starting {
    std::unique_ptr<WorkerProcess> worker;
    Clock::time_point give_up;
  };

  void run();
  void staff();
  void start_zygote();
  void lose_zygote(std::string_view what);
  void start_workers();
  void start_worker();
  void end_surplus();
  void wait_for_events();
  void on_zygote_event();
  void on_starting_event(std::size_t index);
  void give_up_slow_starts();
  void note_dead();
  void start_failed(const std::string& why);
  void started(const WorkerProcess& worker);
  int poll_time() const;

  const Options options_;
  WorkerRoster& roster_;
  AutoProvision& auto_provision_;
  PoolMetrics& metrics_;
  const Logger& log_;
  UniqueFd wake_;
  std::atomic<bool> stopping_{false};

  std::unique_ptr<ZygoteProcess> zygote_;  // the thread's, as is the rest but for last_failure_
  std::vector<Starting> starting_;
  int failures_ = 0;  // in a row
  Clock::time_point last_failed_;
  Clock::time_point not_before_;
  bool said_unsandboxed_ = false;

  mutable std::mutex mutex_;
  std::string last_failure_;  // guarded by mutex_

  std::thread thread_;
};

}  // namespace tintype
