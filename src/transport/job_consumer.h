#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>

#include "base/log.h"
#include "ports/job_queue.h"
#include "service/job_lane.h"
#include "service/job_lease.h"
#include "service/job_runner.h"

namespace tintype {

// Takes jobs from the queue and has them done, from its construction until stop().
//
// Webhooks have threads of their own, so that an endpoint which hangs never holds up the other jobs. What is held, also
// in line, has its lease extended.
class JobConsumer {
 public:
  struct Options {
    int threads = 1;  // for all jobs but webhooks
    int webhook_threads = 4;
    std::chrono::milliseconds lease{30'000};
    std::chrono::milliseconds wait{1000};  // for a job, in one call of the queue; stop() waits for as long
  };

  // `queue` and `runner` are borrowed; the runner settles with the same queue.
  JobConsumer(JobQueue& queue, JobRunner& runner, Options options, const Logger& log);
  // stop(), without time for what is under way.
  ~JobConsumer();
  JobConsumer(const JobConsumer&) = delete;
  JobConsumer& operator=(const JobConsumer&) = delete;

  // Takes no more jobs, gives back those that have not been begun, and waits for those that are under way, whose
  // deadlines now end at `deadline` at the latest. To be called once, from one thread.
  void stop(Deadline deadline);

 private:
  void fetch_until_stopped(const std::stop_token& stop);
  void take(ReceivedJob job, Deadline::Clock::time_point asked, const std::stop_token& stop);
  void put_into_webhook_line(std::unique_ptr<JobLease> job);
  void pause_after(const Error& error, const std::stop_token& stop);
  void note_success();
  void give_back_waiting(JobLane& lane);

  JobQueue& queue_;
  JobRunner& runner_;
  const Options options_;
  const Logger& log_;
  JobLeaseKeeper leases_;
  std::unique_ptr<JobLane> jobs_;
  std::unique_ptr<JobLane> webhooks_;
  std::mutex mutex_;
  std::condition_variable_any stopped_;
  int failures_ = 0;           // of the queue, in a row; the fetching thread's, as is the next
  bool webhooks_move_ = true;  // a place in their line was found, or came while we waited a moment
  std::jthread fetcher_;       // last: started when all else is there
};

}  // namespace tintype
