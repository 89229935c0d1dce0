// A QuarantineStore remembers which file contents have ended the process that worked on them, or kept it busy beyond
// its deadline. Each time is a strike; with kStrikesToQuarantine strikes a content is refused before any work. Contents
// go by their SHA-256, so that the same file is known under any name and for any user.
//
// Strikes are forgiven: an entry has expired at `now` if `expires` <= `now`, and is then as if it were not there. Time
// comes from the caller, so a store needs no clock.
//
// Thread safety: all methods may be called concurrently, also by several processes where the adapter says so. Strikes
// that are added at the same time all count.
// Blocking: every method may block until `deadline`, then returns DeadlineExceeded.
// Durability: what was answered with success survives power loss. A write that failed has NOT happened.
// Consistency: a read that begins after a write was answered sees it.
// Room: a store may drop the entries with the oldest strikes when it has 10,000 or more, so that a flood of killing
// files costs bounded space. It keeps the one that the strike was for.
// Hashes: 64 lower-case hex digits, which is for the caller to see to; they are compared byte by byte.
// Errors: StoreUnavailable and DeadlineExceeded everywhere, and Overloaded: turned away at once, nothing happened.
// Nothing found is no error.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/deadline.h"
#include "base/result.h"
#include "base/time_format.h"

namespace tintype {

struct QuarantineEntry {
  std::string content_sha256;  // of the uploaded file; 64 lower-case hex digits
  int strikes = 0;             // 1 or more; not capped at kStrikesToQuarantine
  std::string reason;          // of the last strike: "signal 11", "deadline"
  UnixTime last_strike;
  UnixTime expires;  // of all its strikes together

  friend bool operator==(const QuarantineEntry&, const QuarantineEntry&) = default;
};

// The first strike may be bad luck: the machine was short of memory, or another image in the process was to blame.
inline constexpr int kStrikesToQuarantine = 2;

class QuarantineStore {
 public:
  virtual ~QuarantineStore() = default;

  // Counts a strike and moves the expiry to `expires`; strikes that had expired at `now` do not count. Gives the entry
  // as it is then. Not to be repeated after an error that leaves open whether it happened: a strike would count twice.
  virtual Result<QuarantineEntry> add_strike(std::string_view content_sha256, std::string_view reason, UnixTime now,
                                             UnixTime expires, Deadline deadline) = 0;

  // nullopt if there is none, or it has expired at `now`. On the way of every upload: costs one look-up by key.
  virtual Result<std::optional<QuarantineEntry>> find(std::string_view content_sha256, UnixTime now,
                                                      Deadline deadline) = 0;

  // All that have not expired at `now`, newest strike first and those of one time in the order of their hashes; at most
  // `limit`, so none if that is 0 or less.
  virtual Result<std::vector<QuarantineEntry>> list(UnixTime now, int limit, Deadline deadline) = 0;

  // Takes one off the list with all its strikes; false if it was not on it. One that has expired may still be on it.
  virtual Result<bool> forget(std::string_view content_sha256, Deadline deadline) = 0;
};

}  // namespace tintype
