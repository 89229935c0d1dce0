#pragma once

#include <algorithm>
#include <chrono>

namespace tintype {

// The point in time by which an answer is wanted. Passed down every blocking call; the callee gets what is left.
class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  static Deadline after(Clock::duration wait) { return Deadline(Clock::now() + wait); }
  static Deadline at(Clock::time_point time) { return Deadline(time); }
  static Deadline never() { return Deadline(Clock::time_point::max()); }

  bool expired() const { return Clock::now() >= at_; }
  bool is_never() const { return at_ == Clock::time_point::max(); }
  // At least zero.
  std::chrono::milliseconds remaining() const {
    if (is_never()) return std::chrono::hours(24 * 365);
    return std::max(std::chrono::duration_cast<std::chrono::milliseconds>(at_ - Clock::now()),
                    std::chrono::milliseconds(0));
  }
  Clock::time_point time_point() const { return at_; }
  Deadline later_by(Clock::duration wait) const { return is_never() ? *this : Deadline(at_ + wait); }
  Deadline earlier_of(Deadline other) const { return Deadline(std::min(at_, other.at_)); }

 private:
  explicit Deadline(Clock::time_point at) : at_(at) {}
  Clock::time_point at_;
};

}  // namespace tintype
