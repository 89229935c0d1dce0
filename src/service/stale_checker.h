#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>

#include "base/log.h"
#include "base/periodic_task.h"
#include "ports/metadata_store.h"
#include "service/image_cache.h"

namespace tintype {

// Compares some of what was answered from the cache with the store, on a thread of its own, so that a cache that is
// wrong shows up as a number and not as somebody's complaint. An answer may differ from the store because of a write
// that has ended since; only if the cache still gives an older one a second later was, and is, it stale. Then it is
// dropped.
//
// Thread safety: served() and counts() may be called concurrently; served() never blocks for long.
class StaleChecker {
 public:
  struct Options {
    std::uint64_t one_in = 1000;                  // answers; 0: none
    std::chrono::milliseconds second_look{1000};  // after the first
    std::chrono::milliseconds pause{100};         // between two looks at what there is to do
  };
  StaleChecker(ImageCache& cache, MetadataStore& metadata, Options options, const Logger& log);

  // An answer of this version (0: that there is none) was given from the cache.
  void served(const ImageId& id, std::int64_t version);

  struct Counts {
    std::uint64_t checked = 0;
    std::uint64_t stale = 0;
  };
  Counts counts() const { return {checked_, stale_}; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Sample {
    ImageId id;
    std::int64_t version;  // that was served; at the second look, that the store had at the first
    Clock::time_point due;
    bool is_second_look;
  };
  bool check_due();
  void check(const Sample& sample);
  void look_again(const Sample& sample, std::int64_t version);

  ImageCache& cache_;
  MetadataStore& metadata_;
  const Options options_;
  const Logger& log_;
  std::atomic<std::uint64_t> answers_{0};
  std::atomic<std::uint64_t> checked_{0};
  std::atomic<std::uint64_t> stale_{0};
  std::mutex mutex_;
  std::deque<Sample> samples_;  // guarded by mutex_
  PeriodicTask task_;           // last, as is its thread
};

}  // namespace tintype
