#pragma once

#include <chrono>
#include <mutex>

namespace tintype {

// How many workers to keep warm, from what the last window showed: more if too many requests met a cold start, fewer if
// hardly any did and not all were needed at once.
//
// Thread safety: all methods may be called concurrently.
class AutoProvision {
 public:
  using Clock = std::chrono::steady_clock;
  struct Policy {
    int least = 1;  // workers, both
    int most = 1;
    double raise_above = 0.05;  // cold starts per image request, both
    double lower_below = 0.01;
    Clock::duration window = std::chrono::minutes(1);
  };

  AutoProvision(Policy policy, int target, Clock::time_point now);

  void count_request();
  void count_cold_start();
  void saw_busy(int workers);

  // Ends the window if it is over. Gives the number to keep.
  int target(Clock::time_point now);
  // Cold starts per image request in the last whole window; 0 before the first.
  double last_ratio() const;

 private:
  int next_target() const;

  const Policy policy_;
  mutable std::mutex mutex_;
  int target_;  // guarded by mutex_, as is the rest
  Clock::time_point window_end_;
  int requests_ = 0;
  int cold_starts_ = 0;
  int peak_busy_ = 0;
  double last_ratio_ = 0;
};

}  // namespace tintype
