#include "service/job_lease.h"

#include <algorithm>
#include <utility>

namespace tintype {

LeaseRenewals::Outcome JobLeaseKeeper::extend(const ReceivedJob& job) {
  const auto extended = queue_.extend(job, length(), Deadline::after(length() / 3));  // others wait for their turn
  if (extended) return LeaseRenewals::Outcome::Renewed;
  if (extended.error().code == ErrorCode::ClaimLost) return LeaseRenewals::Outcome::Lost;
  log_.warn("the lease of a job was not extended", {{"key", job.job.key}, {"error", to_string(extended.error())}});
  return LeaseRenewals::Outcome::Failed;
}

JobLease::JobLease(JobLeaseKeeper& keeper, ReceivedJob job, Deadline::Clock::time_point asked)
    : keeper_(keeper),
      job_(std::move(job)),
      lease_(keeper.renewals_, asked, [&keeper, received = job_] { return keeper.extend(received); }) {}

Deadline JobLease::deadline() const {
  return Deadline::at(std::min(lease_.held_until(), keeper_.attempts_end_.load()));
}

// A settlement that an extension overtakes is undone by it.
bool JobLease::end() {
  lease_.end();
  return is_held();
}

}  // namespace tintype
