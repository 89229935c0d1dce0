#pragma once

#include <atomic>
#include <chrono>
#include <memory>

#include "base/log.h"
#include "ports/clock.h"
#include "ports/metadata_store.h"
#include "service/lease_renewals.h"

namespace tintype {

class ClaimLease;

// Keeps the claims of running uploads from running out.
//
// Thread safety: all methods may be called concurrently. All leases must have ended before the keeper does.
class LeaseKeeper {
 public:
  LeaseKeeper(MetadataStore& metadata, const Clock& clock, std::chrono::milliseconds lease, const Logger& log)
      : metadata_(metadata), clock_(clock), log_(log), renewals_(lease) {}

  // When a lease that is asked for now ends, on everybody's clock.
  UnixTime end_of_lease() const { return clock_.now() + length(); }
  std::chrono::milliseconds length() const { return renewals_.length(); }

 private:
  friend class ClaimLease;
  LeaseRenewals::Outcome renew(const UploadClaim& claim, std::atomic<UnixTime>& due);

  MetadataStore& metadata_;
  const Clock& clock_;
  const Logger& log_;
  LeaseRenewals renewals_;  // last, as is its thread
};

// A claim that is being kept, for as long as this lives or until end().
//
// Thread safety: deadline() may be called concurrently; end() once.
class ClaimLease {
 public:
  // `asked` is from just before the claim was asked for, as in RenewedLease.
  ClaimLease(LeaseKeeper& keeper, const UploadClaim& claim, Deadline::Clock::time_point asked);

  // Without an up to date `due`.
  const UploadClaim& claim() const { return claim_; }
  // Until then nobody else can have taken it; in the past once it is lost. Moves with each renewal; nothing may be
  // written under the claim's keys after it.
  Deadline deadline() const { return Deadline::at(lease_.held_until()); }
  // No renewal will follow. The claim with its last `due`; a renewal that hangs is not waited for, and may still change
  // that of the store, until the claim is released or completed.
  UploadClaim end();

 private:
  const UploadClaim claim_;
  const std::shared_ptr<std::atomic<UnixTime>> due_;  // shared with a renewal that may be under way after the end
  RenewedLease lease_;
};

}  // namespace tintype
