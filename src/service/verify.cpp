#include "service/verify.h"

#include <algorithm>

#include "service/verify_blobs.h"
#include "service/verify_records.h"
#include "service/verify_run.h"

namespace tintype {

Result<VerificationReport> Verify::run(const VerifyOptions& options,
                                       const std::function<void(const VerifyProgress&)>& progress, std::stop_token stop,
                                       Deadline deadline) {
  VerifyRun run(options, progress, std::move(stop), deadline, log_);
  const auto named = VerifyRecords(metadata_, blobs_, run).run();
  if (!named) return fail(named.error());
  if (auto looked = VerifyBlobs(metadata_, blobs_, finish_, clock_, run).run(*named); !looked) {
    return fail(looked.error());
  }
  if (options.repair) remove_unfinished(options, deadline);
  VerificationReport& report = run.report();
  report.finished = clock_.now();
  const bool is_whole = options.sample_percent >= 100;
  if (is_whole) keep(report, deadline);
  return report;
}

// The sweeper does the same: if it fails here, the outcome of the run is still worth having.
void Verify::remove_unfinished(const VerifyOptions& options, Deadline deadline) {
  const auto age = std::max<std::chrono::milliseconds>(options.grace, kAbandonedAfter);
  const auto removed = blobs_.remove_unfinished(clock_.now() - age, deadline);
  if (!removed) {
    log_.warn("what cut-off puts have left was not removed", {{"error", to_string(removed.error())}});
  } else if (*removed > 0) {
    log_.info("what cut-off puts have left was removed", {{"number", *removed}});
  }
}

// The run may have taken hours: its outcome is worth more than a complaint that it could not be kept.
void Verify::keep(const VerificationReport& report, Deadline deadline) {
  if (auto kept = metadata_.keep_verification(report, deadline); !kept) {
    log_.warn("the report of a verification was not kept", {{"error", to_string(kept.error())}});
  }
}

}  // namespace tintype
