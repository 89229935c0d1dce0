#pragma once

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>

#include "ports/event_log.h"

namespace tintype::testing_support {

// An EventLog in memory, that also fails when it is told to. Thread-safe.
class MemoryEventLog final : public EventLog {
 public:
  void add(const ImageEvent& event) {
    const std::lock_guard lock(mutex_);
    events_.insert_or_assign(event.id, event);
  }
  void set_failing(bool failing) { failing_ = failing; }
  // Calls of events_after(), failed ones included.
  int reads(const UserId& user) {
    const std::lock_guard lock(mutex_);
    return reads_[user];
  }

  Result<std::vector<ImageEvent>> events_after(const UserId& user, const std::string& after, int limit,
                                               Deadline) override {
    const std::lock_guard lock(mutex_);
    ++reads_[user];
    if (failing_) return fail(ErrorCode::StoreUnavailable, "the log is away");
    std::vector<ImageEvent> found;
    for (auto it = events_.upper_bound(after); it != events_.end() && found.size() < static_cast<std::size_t>(limit);
         ++it) {
      if (it->second.user == user) found.push_back(it->second);
    }
    return found;
  }
  Result<std::vector<ImageEvent>> unannounced(int, Deadline) override { return std::vector<ImageEvent>(); }
  Result<void> mark_announced(std::span<const ImageEvent>, Deadline) override { return {}; }
  Result<int> forget(UnixTime before, int limit, Deadline) override {
    const std::lock_guard lock(mutex_);
    int count = 0;
    for (auto it = events_.begin(); it != events_.end() && count < limit;) {
      const bool is_old = it->second.at < before;
      it = is_old ? events_.erase(it) : std::next(it);
      count += is_old ? 1 : 0;
    }
    return count;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, ImageEvent> events_;  // by id; guarded by mutex_
  std::atomic<bool> failing_ = false;
  std::map<UserId, int> reads_;  // guarded by mutex_
};

}  // namespace tintype::testing_support
