#include "service/finish_deletion.h"

#include "base/crash_point.h"

namespace tintype {
namespace {

constexpr std::chrono::seconds kFirstDelay{5};
constexpr std::chrono::seconds kLongestDelay{3600};
constexpr std::chrono::seconds kPostponeTime{5};  // the deadline of the work itself may be why it failed

std::chrono::seconds delay_after(int failures) {
  constexpr int kDoublings = 10;  // 5 s * 2^10 is beyond the longest
  return std::min(kFirstDelay * (1 << std::clamp(failures, 0, kDoublings)), kLongestDelay);
}

}  // namespace

bool FinishDeletion::run(const Deletion& deletion, Deadline deadline, std::optional<UnixTime> again_at) {
  const auto done = remove(deletion, deadline, again_at);
  if (!done) postpone(deletion, done.error());
  return done.has_value();
}

Result<void> FinishDeletion::remove(const Deletion& deletion, Deadline deadline, std::optional<UnixTime> again_at) {
  if (auto removed = blobs_.remove_all(deletion.blob_keys, deadline); !removed) return removed;
  crash_point("deletion.blobs-removed");
  if (again_at) return metadata_.postpone_deletion(deletion, *again_at, deadline);
  if (auto finished = metadata_.finish_deletion(deletion, deadline); !finished) return finished;
  crash_point("deletion.finished");
  return {};
}

void FinishDeletion::postpone(const Deletion& deletion, const Error& error) {
  log_.warn("a deletion stays in the journal",
            {{"imageId", deletion.image_id.text()}, {"failures", deletion.failures + 1}, {"error", to_string(error)}});
  const UnixTime due = clock_.now() + delay_after(deletion.failures);
  // If this fails too, it is due as it was.
  if (auto postponed = metadata_.postpone_deletion(deletion, due, Deadline::after(kPostponeTime)); !postponed) {
    log_.warn("a deletion was not postponed",
              {{"imageId", deletion.image_id.text()}, {"error", to_string(postponed.error())}});
  }
}

}  // namespace tintype
