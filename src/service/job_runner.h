#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/metrics/metrics.h"
#include "base/random.h"
#include "ports/job_queue.h"
#include "service/job_handler.h"
#include "service/job_lease.h"

namespace tintype {

// Has jobs done by the handlers of their types, and settles them with the queue: finished, given again later, or given
// up. What cannot be settled is logged; its lease then runs out and it comes again.
//
// Counts in tintype_jobs_total{type,outcome} every time that a job was given to us: done; retried; dead, that is given
// up or failed for the last time; lost, that is not settled by us.
//
// Thread safety: all methods may be called concurrently.
// Blocking: as long as the handler, and some seconds for the queue.
class JobRunner {
 public:
  // By the type of the job (job_type of model/jobs/job.h). Borrowed.
  using Handlers = std::map<std::string, JobHandler*, std::less<>>;
  struct Options {
    int max_attempts = 5;                           // as the queue was made with
    std::function<double()> random = random_share;  // a number in [0, 1); called concurrently
  };

  JobRunner(JobQueue& queue, const Handlers& handlers, Options options, MetricsRegistry& metrics, const Logger& log);

  // One attempt. A job that no handler knows is given up. One whose deadline has passed already is not begun.
  void run(JobLease& lease);

  // Gives the job back, without an attempt, to be given again after `delay`; that counts as one nevertheless, and is
  // the end of the job if it was the last one.
  void give_back(JobLease& lease, std::chrono::milliseconds delay, const std::string& reason);

  bool is_last_attempt(const ReceivedJob& job) const { return job.attempt >= options_.max_attempts; }

 private:
  enum class Outcome { Done, Retried, Dead, Lost };
  struct Kind {
    std::string type;
    JobHandler* handler;                         // null: unknown
    std::vector<prometheus::Counter*> outcomes;  // in the order of the enumerators
    prometheus::Histogram& duration;
  };
  static Kind make_kind(std::string type, JobHandler* handler, MetricsRegistry& metrics);
  const Kind& kind_of(const ReceivedJob& job) const;
  JobResult attempt(const Kind& kind, JobLease& lease) const;
  Outcome settle(const ReceivedJob& job, const JobResult& outcome, bool is_held) const;
  Outcome finish(const ReceivedJob& job) const;
  Outcome retry(const ReceivedJob& job, const JobResult& outcome) const;
  Outcome abort(const ReceivedJob& job, const JobResult& outcome) const;
  Outcome not_settled(const ReceivedJob& job, const Error& error) const;
  static void count(const Kind& kind, Outcome outcome);

  JobQueue& queue_;
  const Options options_;
  const Logger& log_;
  std::map<std::string, Kind, std::less<>> kinds_;  // immutable after construction, as the next
  const Kind unknown_;
};

}  // namespace tintype
