#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "base/deadline.h"

namespace tintype::sqlite {

// Wakes those who wait for a job.
//
// Thread safety: all methods may be called concurrently.
class JobSignal {
 public:
  std::uint64_t given() const {
    const std::lock_guard lock(mutex_);
    return given_;
  }

  void give() {
    {
      const std::lock_guard lock(mutex_);
      ++given_;
    }
    changed_.notify_all();
  }

  // Until it is given again after given() was `seen`, or `time` has come.
  void wait_until(std::uint64_t seen, Deadline::Clock::time_point time) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, time, [&] { return given_ != seen; });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t given_ = 0;  // guarded by mutex_
};

}  // namespace tintype::sqlite
