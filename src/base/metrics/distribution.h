#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>

#include "base/metrics/sketch.h"

namespace tintype {

// Durations as they are observed, and their sketches over the last five minutes: a sliding window of slots, which
// somebody begins by next_slot(), every ten seconds as a rule.
//
// Thread safety: all methods may be called concurrently. observe() takes no lock and about 20 ns; threads on different
// cores do not wait for each other's cache lines.
class Distribution {
 public:
  static constexpr int kSlots = 30;  // of the window, the current one included

  void observe(double seconds);

  // The current slot ends, and what is older than the window is forgotten.
  void next_slot();

  // What was observed in the current slot and the `slots` - 1 before it; `slots` from 1 to kSlots.
  Sketch recent(int slots = kSlots) const;

  // What was observed in the `slots` that have ended last, the current one left out; below kSlots.
  Sketch past(int slots) const;

  struct Totals {
    std::uint64_t count = 0;
    double sum = 0;  // seconds, exact
  };
  // Since the start.
  Totals totals() const;

 private:
  struct alignas(64) Stripe {
    std::array<std::atomic<std::uint32_t>, Sketch::kBuckets> counts{};  // of the current slot
    std::atomic<std::uint64_t> nanoseconds{0};                          // since the start
  };
  Sketch past_locked(int slots) const;

  std::array<Stripe, 4> stripes_;

  mutable std::mutex mutex_;      // moving counts from the stripes to a slot, and reading both
  std::deque<Sketch> past_;       // the newest first
  std::uint64_t past_count_ = 0;  // since the start, the current slot's excluded
};

}  // namespace tintype
