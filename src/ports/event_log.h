// An EventLog tells what has become of images, for a while after. It is another side of the MetadataStore, which adds
// an event in the very step that makes it true: Processing or Completed when an upload is completed, Deleted when a
// deletion begins, Completed or Failed when a derivation ends (DerivationStore). Imported records make none.
//
// Events sort by their ids. One may become visible after another with a greater id, by up to kEventDisorder: whoever
// follows the log looks that far back and leaves out the ids that they have seen.
//
// Thread safety, blocking, durability, consistency and errors: as in MetadataStore.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "base/result.h"
#include "model/image_event.h"

namespace tintype {

// What the clocks of the machines may differ by, and what a commit may take.
inline constexpr std::chrono::milliseconds kEventDisorder{5000};

class EventLog {
 public:
  virtual ~EventLog() = default;

  // Up to `limit` events of images of `user`, in order, whose ids are greater than `after`, which may be empty or any
  // text that sorts like an id.
  virtual Result<std::vector<ImageEvent>> events_after(const UserId& user, const std::string& after, int limit,
                                                       Deadline deadline) = 0;

  // Up to `limit` events of all users that have not been announced, about in order. Always empty in a store that was
  // opened without `announce_events`. The cost depends on how many there are.
  virtual Result<std::vector<ImageEvent>> unannounced(int limit, Deadline deadline) = 0;
  // They have been announced to whoever wants to know. Those that are gone are no error.
  virtual Result<void> mark_announced(std::span<const ImageEvent> events, Deadline deadline) = 0;

  // Forgets up to `limit` events older than `before`; how many there were.
  virtual Result<int> forget(UnixTime before, int limit, Deadline deadline) = 0;
};

}  // namespace tintype
