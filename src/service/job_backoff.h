#pragma once

#include <chrono>

namespace tintype {

// base * 2^(attempt - 1), at most `longest`, times a factor that goes from 0.5 to 1 with `share`, a random number in
// [0, 1): what has failed at one time is not tried again at one time. `attempt` is from 1.
std::chrono::milliseconds backoff(int attempt, std::chrono::milliseconds base, std::chrono::milliseconds longest,
                                  double share);

// `delay`, times such a factor.
std::chrono::milliseconds jittered(std::chrono::milliseconds delay, double share);

}  // namespace tintype
