#pragma once

#include <atomic>
#include <chrono>

#include "base/log.h"
#include "ports/job_queue.h"
#include "service/job_handler.h"
#include "service/lease_renewals.h"

namespace tintype {

class JobLease;

// Keeps the leases of jobs from running out.
//
// Thread safety: all methods may be called concurrently. All leases must have ended before the keeper does.
class JobLeaseKeeper {
 public:
  JobLeaseKeeper(JobQueue& queue, std::chrono::milliseconds lease, const Logger& log)
      : queue_(queue), log_(log), renewals_(lease) {}

  std::chrono::milliseconds length() const { return renewals_.length(); }

  // No deadline() of a lease is after `end` from now on, though the leases are still extended: attempts must end.
  void end_attempts_by(Deadline end) { attempts_end_ = end.time_point(); }

 private:
  friend class JobLease;
  LeaseRenewals::Outcome extend(const ReceivedJob& job);

  JobQueue& queue_;
  const Logger& log_;
  std::atomic<Deadline::Clock::time_point> attempts_end_ = Deadline::Clock::time_point::max();
  LeaseRenewals renewals_;  // last, as is its thread
};

// A job that has been received and is being kept, for as long as this lives or until end().
//
// Thread safety: deadline() and is_held() may be called concurrently; end() once.
class JobLease final : public JobHold {
 public:
  // `asked` is from just before the job was asked for, as in RenewedLease.
  JobLease(JobLeaseKeeper& keeper, ReceivedJob job, Deadline::Clock::time_point asked);

  const ReceivedJob& job() const { return job_; }
  Deadline deadline() const override;
  // Whether nobody else can have been given it.
  bool is_held() const { return Deadline::Clock::now() < lease_.held_until(); }
  // No extension will follow; one that hangs is not waited for. Whether it was still held.
  bool end();

 private:
  JobLeaseKeeper& keeper_;
  const ReceivedJob job_;
  RenewedLease lease_;
};

}  // namespace tintype
