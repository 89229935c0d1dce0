#pragma once

#include <algorithm>
#include <chrono>

namespace tintype::redis {

// When to connect again: at once if the last connection worked, then 50 ms later for each failure in a row, up to 2 s.
// After three of them the breaker is open.
//
// Thread safety: one thread.
class ReconnectSchedule {
 public:
  static constexpr std::chrono::milliseconds kStep{50};
  static constexpr std::chrono::milliseconds kLongest{2000};
  static constexpr int kFailuresThatOpen = 3;

  // A connect failed, or a connection showed itself to be of no use.
  void failed() { ++failures_; }
  // A connection did what it is for. That one could be made is not enough.
  void worked() { failures_ = 0; }

  bool is_open() const { return failures_ >= kFailuresThatOpen; }
  std::chrono::milliseconds delay() const {
    constexpr int kSteps = kLongest / kStep;
    return kStep * std::min(failures_, kSteps);
  }

 private:
  int failures_ = 0;
};

}  // namespace tintype::redis
