#include "base/metrics/numbers.h"

#include <algorithm>

namespace tintype {

NumbersPoint summarised(const NumbersInterval& interval, UnixTime at) {
  NumbersPoint point{
      .at = at, .latencies = {}, .counts = interval.counts, .shares = interval.shares, .levels = interval.levels};
  for (const Sketch& sketch : interval.latencies) {
    const auto quantile = [&](double q) { return sketch.quantile(q).value_or(0); };
    point.latencies.push_back(
        {.count = sketch.count(), .p50 = quantile(0.5), .p95 = quantile(0.95), .p99 = quantile(0.99)});
  }
  return point;
}

Numbers::Numbers(NumbersTable table) : table_(std::move(table)) {
  ends_.push_front(totals());
}

Numbers::Totals Numbers::totals() const {
  Totals totals;
  for (const CountNumber& number : table_.counts) totals.counts.push_back(number.total());
  for (const ShareNumber& number : table_.shares) {
    // In this order: what comes between them may not make more hits than lookups.
    totals.parts.push_back(number.part());
    totals.wholes.push_back(number.whole());
  }
  return totals;
}

// All but the latencies.
NumbersInterval Numbers::between(const Totals& before, const Totals& after) const {
  NumbersInterval interval;
  for (std::size_t i = 0; i < after.counts.size(); ++i) interval.counts.push_back(after.counts[i] - before.counts[i]);
  for (std::size_t i = 0; i < after.parts.size(); ++i) {
    const double whole = after.wholes[i] - before.wholes[i];
    const double part = after.parts[i] - before.parts[i];
    interval.shares.push_back(whole > 0 ? std::optional(std::min(part / whole, 1.0)) : std::nullopt);
  }
  for (const LevelNumber& number : table_.levels) interval.levels.push_back(number.level());
  return interval;
}

NumbersInterval Numbers::past_locked(std::size_t slots) const {
  NumbersInterval interval = between(ends_[std::min(slots, ends_.size() - 1)], ends_.front());
  for (const LatencyNumber& number : table_.latencies) {
    interval.latencies.push_back(number.distribution->past(static_cast<int>(slots)));
  }
  return interval;
}

void Numbers::end_slot(UnixTime now) {
  const std::lock_guard lock(mutex_);
  ends_.push_front(totals());
  if (ends_.size() > Distribution::kSlots) ends_.pop_back();
  history_.push_back(summarised(past_locked(1), now));
  if (history_.size() > kHistory) history_.pop_front();
}

NumbersInterval Numbers::recent(int slots) const {
  const std::lock_guard lock(mutex_);
  NumbersInterval interval = between(ends_[std::min(static_cast<std::size_t>(slots), ends_.size()) - 1], totals());
  for (const LatencyNumber& number : table_.latencies) interval.latencies.push_back(number.distribution->recent(slots));
  return interval;
}

NumbersInterval Numbers::past(int slots) const {
  const std::lock_guard lock(mutex_);
  return past_locked(static_cast<std::size_t>(slots));
}

std::vector<NumbersPoint> Numbers::history() const {
  const std::lock_guard lock(mutex_);
  return {history_.begin(), history_.end()};
}

}  // namespace tintype
