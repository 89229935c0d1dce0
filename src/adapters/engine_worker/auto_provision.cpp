#include "adapters/engine_worker/auto_provision.h"

#include <algorithm>

namespace tintype {

AutoProvision::AutoProvision(Policy policy, int target, Clock::time_point now)
    : policy_(policy), target_(std::clamp(target, policy.least, policy.most)), window_end_(now + policy.window) {}

void AutoProvision::count_request() {
  const std::lock_guard lock(mutex_);
  ++requests_;
}

void AutoProvision::count_cold_start() {
  const std::lock_guard lock(mutex_);
  ++cold_starts_;
}

void AutoProvision::saw_busy(int workers) {
  const std::lock_guard lock(mutex_);
  peak_busy_ = std::max(peak_busy_, workers);
}

int AutoProvision::target(Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (now < window_end_) return target_;
  last_ratio_ = static_cast<double>(cold_starts_) / std::max(1, std::max(requests_, cold_starts_));
  target_ = next_target();
  requests_ = cold_starts_ = peak_busy_ = 0;
  window_end_ = now + policy_.window;
  return target_;
}

double AutoProvision::last_ratio() const {
  const std::lock_guard lock(mutex_);
  return last_ratio_;
}

int AutoProvision::next_target() const {
  if (last_ratio_ > policy_.raise_above) return std::min(policy_.most, std::max(target_ + 1, peak_busy_));
  if (last_ratio_ < policy_.lower_below && peak_busy_ < target_) return std::max(policy_.least, target_ - 1);
  return target_;
}

}  // namespace tintype
