#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/metrics/distribution.h"
#include "base/time_format.h"

namespace tintype {

// What a number is called in CloudWatch. No name: it is not sent there.
struct CloudWatchName {
  std::string name;
  std::string dimension;  // "Stage"
  std::string value;      // of the dimension
};

// The figures that a service is judged by, in four kinds; a table of them is written once (main/numbers_table.h), and
// /ops/stats and CloudWatch show what is in it. `name` is that of a JSON member. Functions may be called on any thread.
struct LatencyNumber {
  std::string name;
  CloudWatchName cloudwatch;
  const Distribution* distribution;
};
struct CountNumber {
  std::string name;
  CloudWatchName cloudwatch;
  std::function<double()> total;  // since the start
};
struct ShareNumber {
  std::string name;
  CloudWatchName cloudwatch;
  std::function<double()> part;  // since the start, both; without a whole there is no share
  std::function<double()> whole;
};
struct LevelNumber {
  std::string name;
  CloudWatchName cloudwatch;
  std::function<std::optional<double>()> level;  // now; nullopt: not known
};
struct NumbersTable {
  std::vector<LatencyNumber> latencies;
  std::vector<CountNumber> counts;
  std::vector<ShareNumber> shares;
  std::vector<LevelNumber> levels;
};

// The table's numbers over some time; each vector is parallel to its part of the table.
struct NumbersInterval {
  std::vector<Sketch> latencies;  // seconds
  std::vector<double> counts;
  std::vector<std::optional<double>> shares;  // 0 to 1
  std::vector<std::optional<double>> levels;  // at its end
};

// The same, with less of the latencies: what is kept for an hour.
struct NumbersPoint {
  struct Latency {
    std::uint64_t count = 0;
    double p50 = 0;  // seconds, as are the next two; 0 if the count is
    double p95 = 0;
    double p99 = 0;
  };
  UnixTime at;  // its end
  std::vector<Latency> latencies;
  std::vector<double> counts;
  std::vector<std::optional<double>> shares;
  std::vector<std::optional<double>> levels;
};
NumbersPoint summarised(const NumbersInterval& interval, UnixTime at);

// Looks at the table's numbers every slot, and knows what they were.
//
// Thread safety: all methods may be called concurrently.
class Numbers {
 public:
  static constexpr std::chrono::seconds kSlot{10};
  static constexpr std::size_t kHistory = 360;  // an hour

  explicit Numbers(NumbersTable table);

  const NumbersTable& table() const { return table_; }

  // A slot has ended at `now`: to be called every kSlot, right after the table's distributions have begun their next.
  void end_slot(UnixTime now);

  // The current slot and the `slots` - 1 before it; `slots` from 1 to Distribution::kSlots.
  NumbersInterval recent(int slots = Distribution::kSlots) const;

  // The `slots` that have ended last, the current one left out; below Distribution::kSlots.
  NumbersInterval past(int slots) const;

  // A point for each slot that has ended, the oldest first, at most kHistory.
  std::vector<NumbersPoint> history() const;

 private:
  struct Totals {  // since the start
    std::vector<double> counts;
    std::vector<double> parts;
    std::vector<double> wholes;
  };
  Totals totals() const;
  NumbersInterval between(const Totals& before, const Totals& after) const;
  NumbersInterval past_locked(std::size_t slots) const;

  const NumbersTable table_;
  mutable std::mutex mutex_;
  std::deque<Totals> ends_;           // guarded by mutex_, as is the next; of slots and of what was before the first,
                                      // the newest first
  std::deque<NumbersPoint> history_;  // the oldest first
};

}  // namespace tintype
