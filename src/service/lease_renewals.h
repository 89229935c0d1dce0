#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "base/deadline.h"

namespace tintype {

class RenewedLease;

// Keeps leases from running out: renews each when a third of it has passed, on a thread of its own, since the threads
// that do the work may be busy for longer than a lease. One that could not be renewed is tried again after a tenth.
//
// Thread safety: all methods may be called concurrently. All leases must have ended before this does.
class LeaseRenewals {
 public:
  enum class Outcome {
    Renewed,
    Lost,    // somebody else has what it is for, or may have
    Failed,  // it may go well another time
  };
  // Asks whoever gave the lease. Called on the thread of the renewals, and perhaps still under way when the lease has
  // ended: what it uses must outlive the renewals.
  using Renew = std::function<Outcome()>;

  // `length`: of each lease, from when it is asked for.
  explicit LeaseRenewals(std::chrono::milliseconds length);
  ~LeaseRenewals();
  LeaseRenewals(const LeaseRenewals&) = delete;
  LeaseRenewals& operator=(const LeaseRenewals&) = delete;

  std::chrono::milliseconds length() const { return length_; }

 private:
  friend class RenewedLease;
  void renew_until_stopped();
  RenewedLease* most_urgent() const;
  RenewedLease* find(std::uint64_t number) const;
  void renew(RenewedLease& to_renew, std::unique_lock<std::mutex>& lock);

  const std::chrono::milliseconds length_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<RenewedLease*> leases_;  // guarded by mutex_, as are the two below
  std::uint64_t last_number_ = 0;
  bool stopping_ = false;
  std::thread renewer_;  // last: started when all else is there
};

// A lease that is being renewed, for as long as this lives or until end().
//
// Thread safety: held_until() may be called concurrently; end() from one thread.
class RenewedLease {
 public:
  // `asked` is from just before the lease was asked for: it ends that much earlier for us than for others, never later.
  RenewedLease(LeaseRenewals& renewals, Deadline::Clock::time_point asked, LeaseRenewals::Renew renew);
  ~RenewedLease() { end(); }
  RenewedLease(const RenewedLease&) = delete;
  RenewedLease& operator=(const RenewedLease&) = delete;

  // Until then nobody else can have taken it; in the past once it is lost. Moves with each renewal.
  Deadline::Clock::time_point held_until() const;
  // No renewal will follow. One that is under way is let through, but not for long: whoever is asked may hang.
  void end();

 private:
  friend class LeaseRenewals;
  LeaseRenewals& renewals_;
  const LeaseRenewals::Renew renew_;
  std::uint64_t number_ = 0;  // no other lease has or had it; guarded by renewals_.mutex_, as is all below
  Deadline::Clock::time_point held_until_;
  Deadline::Clock::time_point renew_at_;
  bool renewing_ = false;
  bool lost_ = false;
};

}  // namespace tintype
