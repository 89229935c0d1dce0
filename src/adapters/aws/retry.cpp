#include "adapters/aws/retry.h"

#include <algorithm>

#include "base/random.h"

namespace tintype::aws {
namespace {

constexpr int kCostOfRetry = 5;
constexpr int kCostAfterTimeout = 10;
constexpr int kMostDoublings = 20;

double random_share() {
  std::uint32_t number = 0;
  fill_random(std::as_writable_bytes(std::span(&number, 1)));
  return static_cast<double>(number) / 4294967296.0;  // 2^32
}

}  // namespace

bool RetryBudget::take(int tokens) {
  const std::lock_guard lock(mutex_);
  if (tokens_ < tokens) return false;
  tokens_ -= tokens;
  return true;
}

void RetryBudget::give_back(int tokens) {
  const std::lock_guard lock(mutex_);
  tokens_ = std::min(capacity_, tokens_ + tokens);
}

int RetryBudget::tokens() const {
  const std::lock_guard lock(mutex_);
  return tokens_;
}

std::optional<std::chrono::milliseconds> Retry::after(const AttemptFailure& failure) {
  using Outcome = AttemptFailure::Outcome;
  const bool is_worth_it =
      failure.outcome == Outcome::NotExecuted || (failure.outcome == Outcome::MayHaveRun && idempotent_);
  if (!is_worth_it || attempts_ >= policy_.max_attempts) return std::nullopt;
  const auto pause = pause_after(failure);
  if (pause >= deadline_.remaining()) return std::nullopt;
  const int cost = failure.timed_out ? kCostAfterTimeout : kCostOfRetry;
  if (!budget_.take(cost)) return std::nullopt;
  last_cost_ = cost;
  ++attempts_;
  return pause;
}

std::chrono::milliseconds Retry::pause_after(const AttemptFailure& failure) const {
  const auto base = failure.throttled ? policy_.throttled_base : policy_.base;
  const auto most = std::min(policy_.longest, base * (std::int64_t{1} << std::min(attempts_ - 1, kMostDoublings)));
  const double share = policy_.random ? policy_.random() : random_share();
  const std::chrono::milliseconds pause(static_cast<std::int64_t>(share * static_cast<double>(most.count())));
  return std::max(pause, failure.retry_after.value_or(pause));
}

void Retry::succeeded() {
  budget_.give_back(last_cost_ == 0 ? 1 : last_cost_);
}

}  // namespace tintype::aws
