#include "service/redrive.h"

#include "base/crash_point.h"

namespace tintype {
namespace {

constexpr int kBatch = 100;
constexpr int kBatchesInAPass = 10;
constexpr std::chrono::milliseconds kLongestPause = std::chrono::hours(1);

std::chrono::milliseconds pause_after(int redrives, std::chrono::milliseconds interval) {
  constexpr int kDoublings = 12;  // beyond the longest pause for every interval of a second or more
  return std::max(interval, std::min(interval * (1 << std::clamp(redrives + 1, 0, kDoublings)), kLongestPause));
}

}  // namespace

Result<RedriveReport> Redrive::run(std::stop_token stop, Deadline deadline) {
  RedriveReport report;
  for (int batch = 0; batch < kBatchesInAPass; ++batch) {
    const auto due = derivations_.due(clock_.now(), kBatch, deadline);
    if (!due) return fail(due.error());
    for (const ImageRecord& record : *due) {
      if (stop.stop_requested()) break;
      if (auto seen_to = see_to(record, report, deadline); !seen_to) return fail(seen_to.error());
    }
    if (stop.stop_requested()) break;
    if (due->size() < kBatch) return report;
  }
  report.more = true;
  return report;
}

// The job first: whoever is cut off in between leaves an image that is still due. A job too many is not wanted by the
// time that it is done.
Result<void> Redrive::see_to(const ImageRecord& record, RedriveReport& report, Deadline deadline) {
  const DeriveJob job = thumbnail_job(record);
  if (record.redrives >= options_.most) {
    ++report.given_up;
    const Error error{ErrorCode::Internal, "the thumbnail could not be made: its jobs were lost"};
    return derive_.give_up(job, error, deadline);
  }
  const NewJob pushed = new_job(job);
  if (auto done = queue_.push(std::span(&pushed, 1), deadline); !done) return done;
  crash_point("redrive.pushed");
  const auto postponed =
      derivations_.postpone(record, clock_.now() + pause_after(record.redrives, options_.interval), deadline);
  if (!postponed) return fail(postponed.error());
  if (*postponed) ++report.pushed;
  return {};
}

}  // namespace tintype
