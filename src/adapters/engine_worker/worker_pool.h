#pragma once

#include "adapters/engine_worker/auto_provision.h"
#include "adapters/engine_worker/pool_metrics.h"
#include "adapters/engine_worker/worker_roster.h"
#include "adapters/engine_worker/worker_supervisor.h"

namespace tintype {

// Image workers: so many warm at all times, more under load, each replaced when it is worn. Lends them out one job at a
// time.
//
// Thread safety: all methods may be called concurrently. It must outlive its leases, and the last exposition of the
// metrics.
class WorkerPool {
 public:
  struct Options {
    WorkerSupervisor::Options supervisor;
    int provisioned = 1;  // kept warm; with supervisor.automatic, to begin with
    int most = 1;         // workers at a time
    AutoProvision::Policy policy = {};
    int max_jobs = 1000;                        // after which a worker is replaced
    std::uint64_t max_resident = 256ULL << 20;  // bytes; a worker that holds more after a job is replaced
  };
  WorkerPool(Options options, MetricsRegistry& registry, const Logger& log);

  // One worker, for one job.
  class Lease {
   public:
    Lease(WorkerPool& pool, WorkerRoster::Loan loan) : pool_(&pool), loan_(loan) {}
    Lease(Lease&& other) noexcept : pool_(other.pool_), loan_(std::exchange(other.loan_, {})) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease();

    // As WorkerProcess::run. A worker that is lost is taken out of the pool.
    JobOutcome run(const worker_protocol::Job& job, int descriptor, Deadline deadline);
    bool cold_start() const { return loan_.cold_start; }
    pid_t pid() const { return loan_.member->worker->pid(); }

   private:
    WorkerPool* pool_;
    WorkerRoster::Loan loan_;  // empty when moved from, or after a loss
  };
  // Waits for a worker until `deadline`. Error: Overloaded.
  Result<Lease> borrow(Deadline deadline);
  // To be called once for each image request, which may borrow several times.
  void count_request() { auto_provision_.count_request(); }

  // Waits until the provisioned workers are warm; false if they are not by `deadline`. Error: Internal if they cannot
  // be started; the message says what to do.
  Result<bool> wait_until_warm(Deadline deadline);
  // Error: Internal if there is no worker, and none can be started.
  Result<void> check() const;
  // Whether the kernel contains all workers.
  bool sandboxed() const { return roster_.counts().sandboxed; }

 private:
  void lost(WorkerRoster::Member* member, const JobOutcome& outcome);
  void report_cold_start(const WorkerProcess& worker, std::chrono::steady_clock::duration waited);
  bool is_worn(const WorkerProcess& worker) const;
  void expose(MetricsRegistry& registry);

  const Options options_;
  const Logger& log_;
  PoolMetrics metrics_;
  AutoProvision auto_provision_;
  WorkerRoster roster_;
  WorkerSupervisor supervisor_;  // last: its thread uses the others
};

}  // namespace tintype
