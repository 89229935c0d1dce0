#include "service/claim_lease.h"

#include <algorithm>

namespace tintype {

using SteadyClock = Deadline::Clock;

namespace {

// Somebody waits for the answer of an upload that ends, and the store may hang.
constexpr std::chrono::milliseconds kWaitForRenewal{200};

}  // namespace

LeaseKeeper::LeaseKeeper(MetadataStore& metadata, const Clock& clock, std::chrono::milliseconds lease,
                         const Logger& log)
    : metadata_(metadata), clock_(clock), lease_(lease), log_(log), renewer_([this] { renew_until_stopped(); }) {}

LeaseKeeper::~LeaseKeeper() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  renewer_.join();
}

void LeaseKeeper::renew_until_stopped() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    ClaimLease* const next = most_urgent();
    if (next == nullptr) {
      changed_.wait(lock);
    } else if (SteadyClock::now() < next->renew_at_) {
      changed_.wait_until(lock, SteadyClock::time_point(next->renew_at_));  // a copy: the lease may end meanwhile
    } else {
      renew(*next, lock);
    }
  }
}

ClaimLease* LeaseKeeper::most_urgent() const {
  ClaimLease* urgent = nullptr;
  for (ClaimLease* lease : leases_) {
    if (!lease->lost_ && (urgent == nullptr || lease->renew_at_ < urgent->renew_at_)) urgent = lease;
  }
  return urgent;
}

ClaimLease* LeaseKeeper::find(std::uint64_t number) const {
  const auto found = std::ranges::find(leases_, number, &ClaimLease::number_);
  return found != leases_.end() ? *found : nullptr;
}

// Unlocks while the store is asked; the lease may end meanwhile.
void LeaseKeeper::renew(ClaimLease& to_renew, std::unique_lock<std::mutex>& lock) {
  to_renew.renewing_ = true;
  const UploadClaim claim = to_renew.claim_;
  const std::uint64_t number = to_renew.number_;
  lock.unlock();
  const auto asked = SteadyClock::now();
  const UnixTime due = end_of_lease();
  const auto renewed = metadata_.renew(claim, due, Deadline::after(lease_));
  lock.lock();
  ClaimLease* const still_there = find(number);
  if (still_there == nullptr) return;
  ClaimLease& lease = *still_there;
  lease.renewing_ = false;
  if (renewed) {
    lease.claim_.due = due;
    lease.held_until_ = asked + lease_;
    lease.renew_at_ = asked + lease_ / 3;
  } else if (renewed.error().code == ErrorCode::ClaimLost) {
    lease.lost_ = true;
    lease.held_until_ = asked;
  } else {
    lease.renew_at_ = SteadyClock::now() + lease_ / 10;
    log_.warn("a running upload's claim was not renewed",
              {{"imageId", lease.claim_.image_id.text()}, {"error", to_string(renewed.error())}});
  }
  changed_.notify_all();
}

ClaimLease::ClaimLease(LeaseKeeper& keeper, UploadClaim claim, SteadyClock::time_point asked)
    : keeper_(keeper),
      claim_(std::move(claim)),
      held_until_(asked + keeper.lease_),
      renew_at_(asked + keeper.lease_ / 3) {
  {
    const std::lock_guard lock(keeper_.mutex_);
    number_ = ++keeper_.last_number_;
    keeper_.leases_.push_back(this);
  }
  keeper_.changed_.notify_all();
}

Deadline ClaimLease::deadline() const {
  const std::lock_guard lock(keeper_.mutex_);
  return Deadline::at(held_until_);
}

UploadClaim ClaimLease::end() {
  std::unique_lock lock(keeper_.mutex_);
  keeper_.changed_.wait_for(lock, kWaitForRenewal, [this] { return !renewing_; });
  std::erase(keeper_.leases_, this);
  return claim_;
}

}  // namespace tintype
