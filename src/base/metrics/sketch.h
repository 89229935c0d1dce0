#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace tintype {

// How many durations there were of which length, in seconds, with a relative error of at most 1 %: a DDSketch (Masson,
// Rim, Lee: "DDSketch: A Fast and Fully-Mergeable Quantile Sketch with Relative-Error Guarantees", VLDB 2019). Bucket i
// holds what is in (γ^(i-1), γ^i] with γ = 1.01/0.99, so that sketches of parts add up to the sketch of the whole.
// Durations below a microsecond count as one, those above an hour as one hour.
//
// Thread safety: none.
class Sketch {
 public:
  static constexpr double kRelativeError = 0.01;
  static constexpr std::size_t kBuckets = 1102;

  static std::size_t bucket_of(double seconds);  // below kBuckets; NaN and negative numbers are in the first
  static double value_of(std::size_t bucket);    // differs from all that is in the bucket by at most 1 %

  void add(double seconds) { add(bucket_of(seconds), 1); }
  void add(std::size_t bucket, std::uint64_t count);
  void merge(const Sketch& other);

  std::uint64_t count() const { return count_; }

  // The value whose rank, from 0, is the whole part of q * (count() - 1); q from 0 to 1. nullopt if there is none.
  std::optional<double> quantile(double q) const;

  // All values, in order, if they are at most `most`; else `most` of them at ranks an equal distance apart, the
  // smallest and the largest included, so that their quantiles are those of all. `most` is 2 at least.
  std::vector<double> sample(std::size_t most) const;

 private:
  double value_at(std::uint64_t rank) const;

  std::uint64_t count_ = 0;
  std::size_t first_ = 0;              // the bucket that counts_ begins with
  std::vector<std::uint64_t> counts_;  // up to the last bucket that was ever used
};

}  // namespace tintype
