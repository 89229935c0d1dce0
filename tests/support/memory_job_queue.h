#pragma once

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "ports/clock.h"
#include "ports/job_queue.h"

namespace tintype::testing_support {

// A JobQueue for tests of what uses one; it forgets with the process. Leases, delays and ages are measured with the
// clock that it is given, the waiting of receive() always with real time.
class MemoryJobQueue final : public JobQueue {
 public:
  explicit MemoryJobQueue(const Clock& clock, int max_attempts = 5) : clock_(clock), max_attempts_(max_attempts) {}

  Result<void> push(std::span<const NewJob> jobs, Deadline deadline) override {
    if (deadline.expired()) return too_late();
    const std::lock_guard lock(mutex_);
    for (const NewJob& job : jobs) {
      if (std::ranges::none_of(entries_, [&](const Entry& entry) { return entry.job.key == job.key; })) {
        entries_.push_back({.job = job, .pushed_at = clock_.now(), .free_at = clock_.now()});
      }
    }
    pushed_.notify_all();
    return {};
  }

  Result<std::vector<ReceivedJob>> receive(int limit, std::chrono::milliseconds lease, std::chrono::milliseconds wait,
                                           Deadline deadline) override {
    if (deadline.expired()) return too_late();
    const Deadline end = Deadline::after(wait).earlier_of(deadline);
    std::unique_lock lock(mutex_);
    auto jobs = give(limit, lease);
    while (jobs.empty() && !end.expired()) {
      pushed_.wait_for(lock, std::chrono::milliseconds(1));  // a clock that is moved tells nobody
      jobs = give(limit, lease);
    }
    return jobs;
  }

  Result<void> extend(const ReceivedJob& job, std::chrono::milliseconds lease, Deadline deadline) override {
    if (deadline.expired()) return too_late();
    const std::lock_guard lock(mutex_);
    Entry* const entry = find(job);
    if (entry == nullptr || entry->free_at <= clock_.now()) return fail(ErrorCode::ClaimLost, "the lease is over");
    entry->free_at = clock_.now() + lease;
    return {};
  }

  Result<void> finish(std::span<const ReceivedJob> jobs, Deadline deadline) override {
    if (deadline.expired()) return too_late();
    const std::lock_guard lock(mutex_);
    for (const ReceivedJob& job : jobs) std::erase_if(entries_, [&](const Entry& entry) { return is(entry, job); });
    return {};
  }

  Result<bool> retry(const ReceivedJob& job, std::chrono::milliseconds delay, const std::string& reason,
                     Deadline deadline) override {
    if (deadline.expired()) return too_late();
    const std::lock_guard lock(mutex_);
    Entry* const entry = find(job);
    if (entry == nullptr) return false;
    if (entry->attempts >= max_attempts_) {
      bury(*entry, reason);
      return true;
    }
    entry->leased = false;
    entry->free_at = clock_.now() + delay;
    return false;
  }

  Result<void> abort(const ReceivedJob& job, const std::string& reason, Deadline deadline) override {
    if (deadline.expired()) return too_late();
    const std::lock_guard lock(mutex_);
    if (Entry* const entry = find(job)) bury(*entry, reason);
    return {};
  }

  Result<QueueDepth> depth(Deadline deadline) override {
    if (deadline.expired()) return too_late();
    const std::lock_guard lock(mutex_);
    bury_exhausted();
    const UnixTime now = clock_.now();
    QueueDepth depth{.dead = static_cast<std::int64_t>(dead_.size())};
    for (const Entry& entry : entries_) {
      const bool is_ready = entry.free_at <= now;
      ++(is_ready ? depth.ready : entry.leased ? depth.leased : depth.delayed);
      if (is_ready && !depth.oldest) depth.oldest = now - entry.pushed_at;
    }
    return depth;
  }

  Result<std::vector<DeadJob>> dead(int limit, Deadline deadline) override {
    if (deadline.expired()) return too_late();
    const std::lock_guard lock(mutex_);
    bury_exhausted();
    const auto count = std::min(dead_.size(), static_cast<std::size_t>(limit));
    return std::vector<DeadJob>(dead_.begin(), dead_.begin() + static_cast<std::ptrdiff_t>(count));
  }

  Result<int> redrive(int limit, Deadline deadline) override {
    if (deadline.expired()) return too_late();
    std::vector<NewJob> jobs;
    {
      const std::lock_guard lock(mutex_);
      bury_exhausted();
      while (!dead_.empty() && static_cast<int>(jobs.size()) < limit) {
        jobs.push_back(std::move(dead_.front().job));
        dead_.pop_front();
      }
    }
    if (auto pushed = push(jobs, deadline); !pushed) return fail(pushed.error());
    return static_cast<int>(jobs.size());
  }

  Result<void> check(Deadline deadline) override {
    if (deadline.expired()) return too_late();
    return {};
  }

 private:
  struct Entry {
    NewJob job;
    UnixTime pushed_at;
    UnixTime free_at;  // end of the lease or of the delay
    bool leased = false;
    int attempts = 0;
    std::string receipt = {};
  };

  static tl::unexpected<Error> too_late() { return fail(ErrorCode::DeadlineExceeded, "too late"); }
  static bool is(const Entry& entry, const ReceivedJob& job) { return entry.leased && entry.receipt == job.receipt; }

  Entry* find(const ReceivedJob& job) {
    const auto found = std::ranges::find_if(entries_, [&](const Entry& entry) { return is(entry, job); });
    return found != entries_.end() ? &*found : nullptr;
  }

  std::vector<ReceivedJob> give(int limit, std::chrono::milliseconds lease) {
    bury_exhausted();
    const UnixTime now = clock_.now();
    std::vector<ReceivedJob> jobs;
    for (Entry& entry : entries_) {
      if (static_cast<int>(jobs.size()) == limit) break;
      if (entry.free_at > now) continue;
      entry.leased = true;
      entry.free_at = now + lease;
      entry.receipt = std::to_string(++last_receipt_);
      jobs.push_back({entry.job, entry.receipt, ++entry.attempts, entry.pushed_at});
    }
    return jobs;
  }

  void bury(const Entry& entry, const std::string& reason) {
    dead_.push_back({entry.job, entry.attempts, reason, clock_.now()});
    entries_.erase(entries_.begin() + (&entry - entries_.data()));
  }

  // Those whose last lease has ended without a settlement.
  void bury_exhausted() {
    const auto is_exhausted = [this](const Entry& entry) {
      return entry.leased && entry.attempts >= max_attempts_ && entry.free_at <= clock_.now();
    };
    for (auto found = entries_.begin();
         (found = std::find_if(found, entries_.end(), is_exhausted)) != entries_.end();) {
      dead_.push_back({found->job, found->attempts, "the last lease ran out", clock_.now()});
      found = entries_.erase(found);
    }
  }

  const Clock& clock_;
  const int max_attempts_;
  std::mutex mutex_;
  std::condition_variable pushed_;
  std::vector<Entry> entries_;  // guarded by mutex_, as are the two below; oldest first
  std::deque<DeadJob> dead_;    // oldest first
  std::uint64_t last_receipt_ = 0;
};

}  // namespace tintype::testing_support
