#include "service/lease_renewals.h"

#include <algorithm>
#include <utility>

namespace tintype {

using SteadyClock = Deadline::Clock;

namespace {

constexpr std::chrono::milliseconds kWaitForRenewal{200};

}  // namespace

LeaseRenewals::LeaseRenewals(std::chrono::milliseconds length)
    : length_(length), renewer_([this] { renew_until_stopped(); }) {}

LeaseRenewals::~LeaseRenewals() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  renewer_.join();
}

void LeaseRenewals::renew_until_stopped() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    RenewedLease* const next = most_urgent();
    if (next == nullptr) {
      changed_.wait(lock);
    } else if (SteadyClock::now() < next->renew_at_) {
      changed_.wait_until(lock, SteadyClock::time_point(next->renew_at_));  // a copy: the lease may end meanwhile
    } else {
      renew(*next, lock);
    }
  }
}

RenewedLease* LeaseRenewals::most_urgent() const {
  RenewedLease* urgent = nullptr;
  for (RenewedLease* lease : leases_) {
    if (!lease->lost_ && (urgent == nullptr || lease->renew_at_ < urgent->renew_at_)) urgent = lease;
  }
  return urgent;
}

RenewedLease* LeaseRenewals::find(std::uint64_t number) const {
  const auto found = std::ranges::find(leases_, number, &RenewedLease::number_);
  return found != leases_.end() ? *found : nullptr;
}

// Unlocks while it asks; the lease may end meanwhile.
void LeaseRenewals::renew(RenewedLease& to_renew, std::unique_lock<std::mutex>& lock) {
  to_renew.renewing_ = true;
  const Renew ask = to_renew.renew_;
  const std::uint64_t number = to_renew.number_;
  lock.unlock();
  const auto asked = SteadyClock::now();
  const Outcome outcome = ask();
  lock.lock();
  RenewedLease* const still_there = find(number);
  if (still_there == nullptr) return;
  RenewedLease& lease = *still_there;
  lease.renewing_ = false;
  if (outcome == Outcome::Renewed) {
    lease.held_until_ = asked + length_;
    lease.renew_at_ = asked + length_ / 3;
  } else if (outcome == Outcome::Lost) {
    lease.lost_ = true;
    lease.held_until_ = asked;
  } else {
    lease.renew_at_ = SteadyClock::now() + length_ / 10;
  }
  changed_.notify_all();
}

RenewedLease::RenewedLease(LeaseRenewals& renewals, SteadyClock::time_point asked, LeaseRenewals::Renew renew)
    : renewals_(renewals),
      renew_(std::move(renew)),
      held_until_(asked + renewals.length_),
      renew_at_(asked + renewals.length_ / 3) {
  {
    const std::lock_guard lock(renewals_.mutex_);
    number_ = ++renewals_.last_number_;
    renewals_.leases_.push_back(this);
  }
  renewals_.changed_.notify_all();
}

SteadyClock::time_point RenewedLease::held_until() const {
  const std::lock_guard lock(renewals_.mutex_);
  return held_until_;
}

void RenewedLease::end() {
  std::unique_lock lock(renewals_.mutex_);
  renewals_.changed_.wait_for(lock, kWaitForRenewal, [this] { return !renewing_; });
  std::erase(renewals_.leases_, this);
  renewing_ = false;
}

}  // namespace tintype
