#include "service/job_backoff.h"

#include <algorithm>
#include <cstdint>

namespace tintype {
namespace {

constexpr int kMostDoublings = 30;

}  // namespace

std::chrono::milliseconds jittered(std::chrono::milliseconds delay, double share) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(static_cast<double>(delay.count()) * (0.5 + share / 2)));
}

std::chrono::milliseconds backoff(int attempt, std::chrono::milliseconds base, std::chrono::milliseconds longest,
                                  double share) {
  const int doublings = std::clamp(attempt - 1, 0, kMostDoublings);
  return jittered(std::min(longest, base * (std::int64_t{1} << doublings)), share);
}

}  // namespace tintype
