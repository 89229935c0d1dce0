#pragma once

#include <chrono>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "base/periodic_task.h"
#include "ports/cache.h"

namespace tintype {

// Invalidates once more what a write has invalidated, when even a store whose lists lag behind its records (as
// DynamoDB's indexes do) shows the write in all of them: a page that was loaded in between may be without it.
//
// Thread safety: add() may be called concurrently.
class LateInvalidation {
 public:
  LateInvalidation(Cache& cache, std::chrono::milliseconds lag);

  void add(std::vector<std::string> tags);

 private:
  using Clock = std::chrono::steady_clock;
  bool invalidate_due();

  Cache& cache_;
  const std::chrono::milliseconds lag_;
  std::mutex mutex_;
  std::deque<std::pair<Clock::time_point, std::vector<std::string>>> waiting_;  // guarded by mutex_; soonest in front
  PeriodicTask task_;
};

}  // namespace tintype
