#pragma once

#include <stop_token>

#include "service/finish_deletion.h"

namespace tintype {

struct SweepReport {
  int expired = 0;     // uploads that were given up: their keys went to the journal of deletions
  int forgotten = 0;   // completed uploads whose tokens are no longer remembered
  int deleted = 0;     // entries of the journal of deletions that were finished
  int postponed = 0;   // entries that failed and are due again later
  int unfinished = 0;  // leftovers of cut-off puts that were removed
  bool more = false;   // work is left for the next pass
};

// Ends what crashes, lost clients and broken stores have left: claims whose time has run out, and the journal of
// deletions. Each claim is ended by one conditional write (MetadataStore::expire), which no attempt can get past; only
// then are its keys dead, and only dead keys are ever removed. So a pass may run beside servers and beside other
// passes, in any number of processes.
//
// Thread safety: run() may be called concurrently.
class Sweep {
 public:
  Sweep(MetadataStore& metadata, BlobStore& blobs, FinishDeletion& finish, const Clock& clock)
      : metadata_(metadata), blobs_(blobs), finish_(finish), clock_(clock) {}

  // One pass, of at most 1,000 claims and 1,000 deletions. Ends early, with `more`, when `stop` asks for it. Errors:
  // those of the stores; what was done until then stays done.
  Result<SweepReport> run(std::stop_token stop, Deadline deadline);

 private:
  Result<void> end_claims(SweepReport& report, const std::stop_token& stop, Deadline deadline);
  Result<void> end_claim(const UploadClaim& claim, SweepReport& report, Deadline deadline);
  Result<void> finish_deletions(SweepReport& report, const std::stop_token& stop, Deadline deadline);

  MetadataStore& metadata_;
  BlobStore& blobs_;
  FinishDeletion& finish_;
  const Clock& clock_;
};

}  // namespace tintype
