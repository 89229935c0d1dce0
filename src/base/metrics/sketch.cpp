#include "base/metrics/sketch.h"

#include <algorithm>
#include <cmath>

namespace tintype {
namespace {

constexpr double kGamma = (1 + Sketch::kRelativeError) / (1 - Sketch::kRelativeError);
const double kLogGamma = std::log(kGamma);
constexpr int kLowest = -691;  // of a microsecond: log(1e-6) / log(γ), rounded up, and one for what is below

}  // namespace

std::size_t Sketch::bucket_of(double seconds) {
  constexpr double kLeast = 1e-6;
  constexpr double kMost = 3600;
  if (!(seconds > kLeast)) return 0;
  const int index = static_cast<int>(std::ceil(std::log(std::min(seconds, kMost)) / kLogGamma));
  return std::min(static_cast<std::size_t>(std::max(index - kLowest, 0)), kBuckets - 1);
}

// The point in the bucket that is as far from one end as from the other, relative to them.
double Sketch::value_of(std::size_t bucket) {
  const int index = static_cast<int>(bucket) + kLowest;
  return 2 * std::exp(kLogGamma * index) / (kGamma + 1);
}

void Sketch::add(std::size_t bucket, std::uint64_t count) {
  if (count == 0) return;
  if (counts_.empty()) first_ = bucket;
  if (bucket < first_) {
    counts_.insert(counts_.begin(), first_ - bucket, 0);
    first_ = bucket;
  }
  if (bucket - first_ >= counts_.size()) counts_.resize(bucket - first_ + 1, 0);
  counts_[bucket - first_] += count;
  count_ += count;
}

void Sketch::merge(const Sketch& other) {
  for (std::size_t i = 0; i < other.counts_.size(); ++i) add(other.first_ + i, other.counts_[i]);
}

double Sketch::value_at(std::uint64_t rank) const {
  std::size_t i = 0;
  for (std::uint64_t below = counts_[0]; below <= rank; below += counts_[i]) ++i;
  return value_of(first_ + i);
}

std::optional<double> Sketch::quantile(double q) const {
  if (count_ == 0) return std::nullopt;
  return value_at(static_cast<std::uint64_t>(q * static_cast<double>(count_ - 1)));
}

std::vector<double> Sketch::sample(std::size_t most) const {
  const std::uint64_t wanted = std::min<std::uint64_t>(count_, most);
  std::vector<double> values;
  for (std::uint64_t i = 0; i < wanted; ++i) {
    const double place = wanted == 1 ? 0 : static_cast<double>(i) / static_cast<double>(wanted - 1);
    values.push_back(value_at(static_cast<std::uint64_t>(std::round(place * static_cast<double>(count_ - 1)))));
  }
  return values;
}

}  // namespace tintype
