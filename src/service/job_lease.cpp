#include "service/job_lease.h"

#include <algorithm>
#include <utility>

namespace tintype {

using SteadyClock = Deadline::Clock;

namespace {

// A settlement that an extension overtakes is undone by it, so one that is under way is let through; but the queue may
// hang.
constexpr std::chrono::milliseconds kWaitForExtension{200};

}  // namespace

JobLeaseKeeper::JobLeaseKeeper(JobQueue& queue, std::chrono::milliseconds lease, const Logger& log)
    : queue_(queue), lease_(lease), log_(log), extender_([this] { extend_until_stopped(); }) {}

JobLeaseKeeper::~JobLeaseKeeper() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  extender_.join();
}

void JobLeaseKeeper::end_attempts_by(Deadline end) {
  const std::lock_guard lock(mutex_);
  attempts_end_ = end;
}

void JobLeaseKeeper::extend_until_stopped() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    JobLease* const next = most_urgent();
    if (next == nullptr) {
      changed_.wait(lock);
    } else if (SteadyClock::now() < next->extend_at_) {
      changed_.wait_until(lock, SteadyClock::time_point(next->extend_at_));  // a copy: the lease may end meanwhile
    } else {
      extend(*next, lock);
    }
  }
}

JobLease* JobLeaseKeeper::most_urgent() const {
  JobLease* urgent = nullptr;
  for (JobLease* lease : leases_) {
    if (!lease->lost_ && (urgent == nullptr || lease->extend_at_ < urgent->extend_at_)) urgent = lease;
  }
  return urgent;
}

JobLease* JobLeaseKeeper::find(std::uint64_t number) const {
  const auto found = std::ranges::find(leases_, number, &JobLease::number_);
  return found != leases_.end() ? *found : nullptr;
}

// Unlocks while the queue is asked; the lease may end meanwhile.
void JobLeaseKeeper::extend(JobLease& to_extend, std::unique_lock<std::mutex>& lock) {
  to_extend.extending_ = true;
  const ReceivedJob job = to_extend.job_;
  const std::uint64_t number = to_extend.number_;
  lock.unlock();
  const auto asked = SteadyClock::now();
  const auto extended = queue_.extend(job, lease_, Deadline::after(lease_ / 3));  // others wait for their turn
  lock.lock();
  JobLease* const still_there = find(number);
  if (still_there == nullptr) return;
  JobLease& lease = *still_there;
  lease.extending_ = false;
  if (extended) {
    lease.held_until_ = asked + lease_;
    lease.extend_at_ = asked + lease_ / 3;
  } else if (extended.error().code == ErrorCode::ClaimLost) {
    lease.lost_ = true;
    lease.held_until_ = asked;
  } else {
    lease.extend_at_ = SteadyClock::now() + lease_ / 10;
    log_.warn("the lease of a job was not extended", {{"key", job.job.key}, {"error", to_string(extended.error())}});
  }
  changed_.notify_all();
}

JobLease::JobLease(JobLeaseKeeper& keeper, ReceivedJob job, SteadyClock::time_point asked)
    : keeper_(keeper), job_(std::move(job)), held_until_(asked + keeper.lease_), extend_at_(asked + keeper.lease_ / 3) {
  {
    const std::lock_guard lock(keeper_.mutex_);
    number_ = ++keeper_.last_number_;
    keeper_.leases_.push_back(this);
  }
  keeper_.changed_.notify_all();
}

Deadline JobLease::deadline() const {
  const std::lock_guard lock(keeper_.mutex_);
  return Deadline::at(held_until_).earlier_of(keeper_.attempts_end_);
}

bool JobLease::is_held() const {
  const std::lock_guard lock(keeper_.mutex_);
  return SteadyClock::now() < held_until_;
}

bool JobLease::end() {
  std::unique_lock lock(keeper_.mutex_);
  keeper_.changed_.wait_for(lock, kWaitForExtension, [this] { return !extending_; });
  std::erase(keeper_.leases_, this);
  extending_ = false;
  return SteadyClock::now() < held_until_;
}

}  // namespace tintype
