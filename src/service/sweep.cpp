#include "service/sweep.h"

#include "base/crash_point.h"

namespace tintype {
namespace {

constexpr int kBatch = 100;
constexpr int kBatchesInAPass = 10;
// So that a blob store which hangs takes the time of one deletion, not of the pass.
constexpr std::chrono::seconds kTimeOfADeletion{30};

}  // namespace

Result<SweepReport> Sweep::run(std::stop_token stop, Deadline deadline) {
  SweepReport report;
  if (auto ended = end_claims(report, stop, deadline); !ended) return fail(ended.error());
  if (auto finished = finish_deletions(report, stop, deadline); !finished) return fail(finished.error());
  auto unfinished = blobs_.remove_unfinished(clock_.now() - kAbandonedAfter, deadline);
  if (!unfinished) return fail(unfinished.error());
  report.unfinished = *unfinished;
  return report;
}

Result<void> Sweep::end_claims(SweepReport& report, const std::stop_token& stop, Deadline deadline) {
  for (int batch = 0; batch < kBatchesInAPass; ++batch) {
    const auto claims = metadata_.due_claims(clock_.now(), kBatch, deadline);
    if (!claims) return fail(claims.error());
    for (const UploadClaim& claim : *claims) {
      if (stop.stop_requested()) break;
      if (auto ended = end_claim(claim, report, deadline); !ended) return ended;
    }
    if (stop.stop_requested()) break;
    if (claims->size() < kBatch) return {};
  }
  report.more = true;
  return {};
}

Result<void> Sweep::end_claim(const UploadClaim& claim, SweepReport& report, Deadline deadline) {
  crash_point("sweep.claim-found");
  const auto ended = metadata_.expire(claim, clock_.now(), deadline);
  // An attempt has renewed or completed it, a retry has taken it, or another sweep was faster.
  if (!ended && ended.error().code == ErrorCode::ClaimLost) return {};
  if (!ended) return fail(ended.error());
  crash_point("sweep.claim-ended");
  ++(*ended ? report.expired : report.forgotten);
  return {};
}

// What fails is postponed, and so no longer due: it stands in nobody's way.
Result<void> Sweep::finish_deletions(SweepReport& report, const std::stop_token& stop, Deadline deadline) {
  for (int batch = 0; batch < kBatchesInAPass; ++batch) {
    const auto deletions = metadata_.due_deletions(clock_.now(), kBatch, deadline);
    if (!deletions) return fail(deletions.error());
    for (const Deletion& deletion : *deletions) {
      if (stop.stop_requested()) break;
      const Deadline of_this = Deadline::after(kTimeOfADeletion).earlier_of(deadline);
      ++(finish_.run(deletion, of_this) ? report.deleted : report.postponed);
    }
    if (stop.stop_requested()) break;
    if (deletions->size() < kBatch) return {};
  }
  report.more = true;
  return {};
}

}  // namespace tintype
