#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "base/log.h"
#include "ports/job_queue.h"
#include "service/job_handler.h"

namespace tintype {

class JobLease;

// Keeps the leases of jobs from running out: extends each when a third of it has passed, on a thread of its own, since
// the threads that do the jobs may be busy for longer than a lease.
//
// Thread safety: all methods may be called concurrently. All leases must have ended before the keeper does.
class JobLeaseKeeper {
 public:
  JobLeaseKeeper(JobQueue& queue, std::chrono::milliseconds lease, const Logger& log);
  ~JobLeaseKeeper();
  JobLeaseKeeper(const JobLeaseKeeper&) = delete;
  JobLeaseKeeper& operator=(const JobLeaseKeeper&) = delete;

  std::chrono::milliseconds length() const { return lease_; }

  // No deadline() of a lease is after `end` from now on, though the leases are still extended: attempts must end.
  void end_attempts_by(Deadline end);

 private:
  friend class JobLease;
  void extend_until_stopped();
  JobLease* most_urgent() const;
  JobLease* find(std::uint64_t number) const;
  void extend(JobLease& to_extend, std::unique_lock<std::mutex>& lock);

  JobQueue& queue_;
  const std::chrono::milliseconds lease_;
  const Logger& log_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<JobLease*> leases_;  // guarded by mutex_, as are the three below
  std::uint64_t last_number_ = 0;
  Deadline attempts_end_ = Deadline::never();
  bool stopping_ = false;
  std::thread extender_;  // last: started when all else is there
};

// A job that has been received and is being kept, for as long as this lives or until end().
//
// Thread safety: deadline() and is_held() may be called concurrently; end() once.
class JobLease final : public JobHold {
 public:
  // `asked` is from just before the job was asked for: the lease ends that much earlier for us than for others, never
  // later.
  JobLease(JobLeaseKeeper& keeper, ReceivedJob job, Deadline::Clock::time_point asked);
  ~JobLease() override { end(); }
  JobLease(const JobLease&) = delete;
  JobLease& operator=(const JobLease&) = delete;

  const ReceivedJob& job() const { return job_; }
  Deadline deadline() const override;
  // Whether nobody else can have been given it.
  bool is_held() const;
  // No extension will follow; one that hangs is not waited for. Whether it was still held.
  bool end();

 private:
  friend class JobLeaseKeeper;
  JobLeaseKeeper& keeper_;
  const ReceivedJob job_;
  std::uint64_t number_ = 0;                // no other lease has or had it; guarded by keeper_.mutex_, as is all below
  Deadline::Clock::time_point held_until_;  // in the past once it is lost
  Deadline::Clock::time_point extend_at_;
  bool extending_ = false;
  bool lost_ = false;
};

}  // namespace tintype
