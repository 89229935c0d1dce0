#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <variant>

#include "base/ulid.h"
#include "service/claim_lease.h"

namespace tintype {

// The journal of uploads, as an attempt at one uses it: begin, then complete or give_up.
//
// Thread safety: all methods may be called concurrently.
class UploadClaims {
 public:
  // Completed uploads are remembered for `remembered`, and answer with what they answered first.
  UploadClaims(MetadataStore& metadata, LeaseKeeper& leases, const Clock& clock, UlidGenerator& ids,
               std::chrono::milliseconds remembered, const Logger& log)
      : metadata_(metadata), leases_(leases), clock_(clock), ids_(ids), remembered_(remembered), log_(log) {}

  using Lease = std::unique_ptr<ClaimLease>;

  // By the clock that claims go by.
  UnixTime now() const { return clock_.now(); }

  // The lease: this attempt may go on, and write under the claim's keys until the lease's deadline. The record: an
  // earlier attempt has made it. Errors: UploadInProgress, IdempotencyMismatch, those of the metadata store.
  Result<std::variant<Lease, ImageRecord>> begin(const UserId& user, const IdempotencyToken& token,
                                                 const std::string& fingerprint, Deadline deadline);

  // Adds the record and ends the upload, in one step. ClaimLost if somebody else has taken the claim meanwhile: then
  // nothing happened. Errors of the metadata store.
  Result<void> complete(ClaimLease& lease, const ImageRecord& record, Deadline deadline);

  // After an attempt has failed with `error`, and when all its puts have ended. Best effort: what cannot be done now is
  // done by a sweep when the lease has run out.
  //   AlreadyExists  the keys hold something else; they are given up for good, and a retry gets new ones;
  //   ClaimLost      somebody else has the claim, or had: the keys are removed if nothing refers to them;
  //   any other      a retry may go on with the same keys, or a sweep removes them when a lease's time has passed.
  // Returns what to answer: `error`, or ClaimLost if that is what it turned out to be.
  Error give_up(ClaimLease& lease, const Error& error);

 private:
  Result<void> let_go(const UploadClaim& claim, const Error& error, Deadline deadline);
  Result<void> bury(const UploadClaim& claim, Deadline deadline);

  MetadataStore& metadata_;
  LeaseKeeper& leases_;
  const Clock& clock_;
  UlidGenerator& ids_;
  const std::chrono::milliseconds remembered_;
  const Logger& log_;
};

}  // namespace tintype
