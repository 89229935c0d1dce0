#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <stop_token>

#include "base/log.h"
#include "model/verification_report.h"
#include "ports/blob_store.h"
#include "ports/clock.h"
#include "ports/metadata_store.h"
#include "service/finish_deletion.h"

namespace tintype {

struct VerifyOptions {
  double sample_percent = 100;        // of the images, chosen by their id and at random; above 0
  bool checksums = false;             // also read every blob, and compare it with the SHA-256 in the record
  bool repair = false;                // remove orphaned blobs, and what cut-off puts have left
  std::chrono::milliseconds grace{};  // blobs younger than this are not called orphaned
};

// How far it is: `done` of about `of` (0: nobody knows yet). All that there are, also those that a sample leaves out.
struct VerifyProgress {
  const char* stage;  // "records", then "blobs"
  std::int64_t done = 0;
  std::int64_t of = 0;
};

// Compares the stored blobs with the records, both ways, while servers run: every record's blobs must be there, of the
// right size, and with `checksums` of the right bytes; every blob must belong to a record, or to an upload or a
// deletion that is under way. Both sides are streamed: the memory it takes does not depend on how many there are.
//
// What looks wrong is looked at again before it counts, because an image may have been deleted meanwhile, or be on its
// way. Blobs whose keys are not of the form of ours are counted, whatever the sample, and never touched. A blob is
// removed only by way of the journal (MetadataStore::bury), which asks once more, in the same step, whether anything
// refers to it. With `repair`, what cut-off puts have left outside the list (BlobStore::remove_unfinished) is removed,
// too, if it is older than `grace` and than kAbandonedAfter: nothing says whether a younger put is still under way.
//
// Thread safety: run() may be called concurrently; repairs of several at a time do not get into each other's way.
class Verify {
 public:
  Verify(MetadataStore& metadata, BlobStore& blobs, FinishDeletion& finish, const Clock& clock, const Logger& log)
      : metadata_(metadata), blobs_(blobs), finish_(finish), clock_(clock), log_(log) {}

  // Calls `progress` now and then, and at the end of each stage. Each finding is logged with its key. A report on all
  // images is kept (MetadataStore::keep_verification); one on a sample is not, as it does not say that all is well.
  // A repair that fails is left to the sweeper, and its blob counts as orphaned.
  // Errors: those of the stores, also if only one blob cannot be read; DeadlineExceeded also if `stop` asked for the
  // end, as half a comparison says nothing. What was repaired until then stays so.
  Result<VerificationReport> run(const VerifyOptions& options,
                                 const std::function<void(const VerifyProgress&)>& progress, std::stop_token stop,
                                 Deadline deadline);

 private:
  void remove_unfinished(const VerifyOptions& options, Deadline deadline);
  void keep(const VerificationReport& report, Deadline deadline);

  MetadataStore& metadata_;
  BlobStore& blobs_;
  FinishDeletion& finish_;
  const Clock& clock_;
  const Logger& log_;
};

}  // namespace tintype
