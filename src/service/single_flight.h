#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/deadline.h"
#include "base/result.h"

namespace tintype {

// One load per key at a time: whoever comes while one is under way waits for the next, which all who wait then share.
// So nobody gets what was loaded before he asked, which would be a stale answer if a write has come in between; and
// however many ask at once, the truth is asked twice.
//
// Thread safety: run() may be called concurrently, for the same key too.
template <typename Value>
class SingleFlight {
 public:
  // What `load` returns, called by this thread or by one that waits together with it. `load(waited)` is told whether
  // another load of this key has ended since run() was called. DeadlineExceeded if its turn has not come by `deadline`.
  template <typename Load>
  Result<Value> run(const std::string& key, Deadline deadline, const Load& load) {
    std::unique_lock lock(mutex_);
    for (;;) {
      Lane& lane = lanes_[key];
      if (!lane.running) return fly(lock, key, nullptr, load);
      if (!lane.next) return lead_next(lock, key, deadline, load);
      const std::shared_ptr<Flight> shared = lane.next;
      if (!wait(lock, deadline, [&] { return shared->landed; })) return too_late();
      if (shared->result) return *shared->result;
      // Its leader ran out of time before its turn: take its place.
    }
  }

 private:
  struct Flight {
    bool landed = false;
    std::optional<Result<Value>> result;  // nullopt if nobody has loaded it
  };
  struct Lane {
    bool running = false;
    std::shared_ptr<Flight> next;  // of those who wait for the running one to end; shared with all of them
  };

  static tl::unexpected<Error> too_late() {
    return fail(ErrorCode::DeadlineExceeded, "the service took too long", "waited for another load of the same");
  }

  template <typename Condition>
  bool wait(std::unique_lock<std::mutex>& lock, Deadline deadline, const Condition& condition) {
    if (!deadline.is_never()) return changed_.wait_until(lock, deadline.time_point(), condition);
    changed_.wait(lock, condition);
    return true;
  }

  template <typename Load>
  Result<Value> lead_next(std::unique_lock<std::mutex>& lock, const std::string& key, Deadline deadline,
                          const Load& load) {
    const auto mine = std::make_shared<Flight>();
    lanes_[key].next = mine;
    const bool my_turn = wait(lock, deadline, [&] { return !lanes_[key].running; });
    lanes_[key].next.reset();
    if (my_turn) return fly(lock, key, mine.get(), load);
    mine->landed = true;
    changed_.notify_all();
    return too_late();
  }

  template <typename Load>
  Result<Value> fly(std::unique_lock<std::mutex>& lock, const std::string& key, Flight* flight, const Load& load) {
    lanes_[key].running = true;
    lock.unlock();
    try {
      Result<Value> result = load(flight != nullptr);
      lock.lock();
      land(key, flight, result);
      return result;
    } catch (...) {  // a bug, which must not keep everybody else waiting
      if (!lock.owns_lock()) lock.lock();
      land(key, flight, std::nullopt);
      throw;
    }
  }

  void land(const std::string& key, Flight* flight, std::optional<Result<Value>> result) {
    Lane& lane = lanes_[key];
    lane.running = false;
    if (!lane.next) lanes_.erase(key);
    if (flight != nullptr) {
      flight->landed = true;
      flight->result = std::move(result);
    }
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;              // of all keys: loads are few, and most have nobody who waits
  std::unordered_map<std::string, Lane> lanes_;  // guarded by mutex_; only keys with somebody
};

}  // namespace tintype
