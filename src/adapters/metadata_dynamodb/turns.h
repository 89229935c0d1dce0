#pragma once

#include "base/deadline.h"
#include "base/result.h"

namespace tintype::dynamodb {

// The turns of "look, then write if it is still so": `for (Turns turns(deadline); turns.next();)`. Each turn that does
// not end it was lost to another writer that got through, so it ends; this only bounds it.
class Turns {
 public:
  explicit Turns(Deadline deadline) : deadline_(deadline) {}
  bool next() { return taken_++ < kMost && !deadline_.expired(); }

 private:
  static constexpr int kMost = 100;
  const Deadline deadline_;
  int taken_ = 0;
};

// DeadlineExceeded if nothing is to be begun any more.
inline Result<void> in_time(Deadline deadline) {
  if (!deadline.expired()) return {};
  return fail(ErrorCode::DeadlineExceeded, "the metadata store took too long; try again later");
}

inline tl::unexpected<Error> too_many_turns(Deadline deadline) {
  if (auto checked = in_time(deadline); !checked) return fail(checked.error());
  return fail(ErrorCode::StoreUnavailable, "the store is not available; try again later", "others write all the time");
}

}  // namespace tintype::dynamodb
