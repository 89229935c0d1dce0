#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>

#include "base/deadline.h"

namespace tintype::aws {

// What is known about an attempt that failed.
struct AttemptFailure {
  enum class Outcome {
    Final,        // the service has answered, and would answer the same again
    NotExecuted,  // certainly: not connected, throttled, refused as overloaded
    MayHaveRun,   // the answer was lost, or is a 5xx that does not tell
  };
  Outcome outcome = Outcome::Final;
  bool throttled = false;
  bool timed_out = false;
  std::optional<std::chrono::milliseconds> retry_after = {};  // as the service asked
};

struct RetryPolicy {
  int max_attempts = 5;
  std::chrono::milliseconds base{50};             // the pause before attempt n is random in [0, base * 2^(n-2)]
  std::chrono::milliseconds throttled_base{200};  // in the place of base after throttling
  std::chrono::milliseconds longest{5000};        // pause
  // A number in [0, 1); null: from the system.
  std::function<double()> random = nullptr;
};

// A token bucket that all calls of one client share. When a service is down, it stops retries before they double the
// load: with the numbers of the "standard" retry mode of AWS's SDKs, 500 tokens, a retry takes 5, one after a time-out
// 10; a call that succeeds at once gives 1 back, and one that succeeds after a retry gives back what that retry took.
//
// Thread safety: all methods may be called concurrently.
class RetryBudget {
 public:
  explicit RetryBudget(int capacity = 500) : capacity_(capacity), tokens_(capacity) {}

  // False if there are not so many tokens left; then none is taken.
  bool take(int tokens);
  void give_back(int tokens);
  int tokens() const;

 private:
  const int capacity_;
  mutable std::mutex mutex_;
  int tokens_;  // guarded by mutex_
};

// The attempts of one call.
class Retry {
 public:
  // `idempotent`: false for a call that must not be executed twice; it is tried again only after NotExecuted.
  Retry(const RetryPolicy& policy, RetryBudget& budget, bool idempotent, Deadline deadline)
      : policy_(policy), budget_(budget), idempotent_(idempotent), deadline_(deadline) {}

  // How long to wait before the next attempt (full jitter: docs "Exponential Backoff And Jitter", AWS Architecture
  // Blog). nullopt: give up, as nothing would be gained, the attempts are used up, the pause would outlast the
  // deadline, or the budget is empty.
  std::optional<std::chrono::milliseconds> after(const AttemptFailure& failure);
  // To be called once, when an attempt has succeeded.
  void succeeded();

  // Attempts begun: 1 before the first failure.
  int attempts() const { return attempts_; }

 private:
  std::chrono::milliseconds pause_after(const AttemptFailure& failure) const;

  const RetryPolicy& policy_;
  RetryBudget& budget_;
  const bool idempotent_;
  const Deadline deadline_;
  int attempts_ = 1;
  int last_cost_ = 0;
};

}  // namespace tintype::aws
