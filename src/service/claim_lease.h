#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "base/log.h"
#include "ports/clock.h"
#include "ports/metadata_store.h"

namespace tintype {

class ClaimLease;

// Keeps the claims of running uploads from running out: renews each when a third of its lease has passed, on a thread
// of its own, since the threads that do the work may be busy for longer than a lease.
//
// Thread safety: all methods may be called concurrently. All leases must have ended before the keeper does.
class LeaseKeeper {
 public:
  LeaseKeeper(MetadataStore& metadata, const Clock& clock, std::chrono::milliseconds lease, const Logger& log);
  ~LeaseKeeper();
  LeaseKeeper(const LeaseKeeper&) = delete;
  LeaseKeeper& operator=(const LeaseKeeper&) = delete;

  // When a lease that is asked for now ends, on everybody's clock.
  UnixTime end_of_lease() const { return clock_.now() + lease_; }
  std::chrono::milliseconds length() const { return lease_; }

 private:
  friend class ClaimLease;
  void renew_until_stopped();
  ClaimLease* most_urgent() const;
  ClaimLease* find(std::uint64_t number) const;
  void renew(ClaimLease& to_renew, std::unique_lock<std::mutex>& lock);

  MetadataStore& metadata_;
  const Clock& clock_;
  const std::chrono::milliseconds lease_;
  const Logger& log_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<ClaimLease*> leases_;  // guarded by mutex_
  std::uint64_t last_number_ = 0;    // guarded by mutex_
  bool stopping_ = false;            // guarded by mutex_
  std::thread renewer_;              // last: started when all else is there
};

// A claim that is being kept, for as long as this lives or until end().
//
// Thread safety: deadline() may be called concurrently; end() once.
class ClaimLease {
 public:
  // `asked` is from just before the claim was asked for: the lease ends that much earlier for us than for others, never
  // later.
  ClaimLease(LeaseKeeper& keeper, UploadClaim claim, Deadline::Clock::time_point asked);
  ~ClaimLease() { end(); }
  ClaimLease(const ClaimLease&) = delete;
  ClaimLease& operator=(const ClaimLease&) = delete;

  // Without an up to date `due`.
  const UploadClaim& claim() const { return claim_; }
  // Until then nobody else can have taken it; in the past once it is lost. Moves with each renewal; nothing may be
  // written under the claim's keys after it.
  Deadline deadline() const;
  // No renewal will follow. The claim with its last `due`; a renewal that hangs is not waited for, and may still change
  // that of the store, until the claim is released or completed.
  UploadClaim end();

 private:
  friend class LeaseKeeper;
  LeaseKeeper& keeper_;
  UploadClaim claim_;         // `due` is guarded by keeper_.mutex_, as is all below
  std::uint64_t number_ = 0;  // no other lease has or had it
  Deadline::Clock::time_point held_until_;
  Deadline::Clock::time_point renew_at_;
  bool renewing_ = false;
  bool lost_ = false;
};

}  // namespace tintype
