// DESIGN
// An observation is two relaxed additions, to the bucket of its length and to the sum, in the stripe of the core that
// it is made on. Whoever wants to know adds the stripes up. Rejected: prometheus-cpp's Summary, which takes a lock,
// sorts on the path of the request and cannot be merged; a sketch per thread, which needs to know when threads end.
#include "base/metrics/distribution.h"

#include <sched.h>

#include <algorithm>
#include <cmath>

namespace tintype {

void Distribution::observe(double seconds) {
  constexpr double kNanoseconds = 1e9;
  const int core = std::max(::sched_getcpu(), 0);
  Stripe& stripe = stripes_[static_cast<std::size_t>(core) % stripes_.size()];
  stripe.counts[Sketch::bucket_of(seconds)].fetch_add(1, std::memory_order_relaxed);
  const double whole = std::max(seconds, 0.0) * kNanoseconds;
  stripe.nanoseconds.fetch_add(static_cast<std::uint64_t>(whole), std::memory_order_relaxed);
}

void Distribution::next_slot() {
  const std::lock_guard lock(mutex_);
  Sketch ended;
  for (Stripe& stripe : stripes_) {
    for (std::size_t i = 0; i < stripe.counts.size(); ++i) {
      if (stripe.counts[i].load(std::memory_order_relaxed) == 0) continue;
      ended.add(i, stripe.counts[i].exchange(0, std::memory_order_relaxed));
    }
  }
  past_count_ += ended.count();
  past_.push_front(std::move(ended));
  if (past_.size() >= kSlots) past_.pop_back();
}

Sketch Distribution::recent(int slots) const {
  const std::lock_guard lock(mutex_);
  Sketch all;
  for (const Stripe& stripe : stripes_) {
    for (std::size_t i = 0; i < stripe.counts.size(); ++i) {
      all.add(i, stripe.counts[i].load(std::memory_order_relaxed));
    }
  }
  all.merge(past_locked(slots - 1));
  return all;
}

Sketch Distribution::past(int slots) const {
  const std::lock_guard lock(mutex_);
  return past_locked(slots);
}

Sketch Distribution::past_locked(int slots) const {
  Sketch all;
  const std::size_t there = std::min(static_cast<std::size_t>(slots), past_.size());
  for (std::size_t i = 0; i < there; ++i) all.merge(past_[i]);
  return all;
}

Distribution::Totals Distribution::totals() const {
  constexpr double kSeconds = 1e-9;
  const std::lock_guard lock(mutex_);
  Totals totals{.count = past_count_};
  for (const Stripe& stripe : stripes_) {
    for (const auto& count : stripe.counts) totals.count += count.load(std::memory_order_relaxed);
    totals.sum += static_cast<double>(stripe.nanoseconds.load(std::memory_order_relaxed)) * kSeconds;
  }
  return totals;
}

}  // namespace tintype
