// What it costs to observe a latency, and not to. Prints a JSON object:
//   {"threads":…,"observe_ns":…,"histogram_ns":…}
// The second is a histogram of prometheus-cpp with the buckets of the service.
//
// usage: tintype_observation_bench [threads]
#include <cstdio>
#include <cstdlib>

#include "base/metrics/metrics.h"

namespace {

using namespace tintype;

// Nanoseconds of CPU of each thread per call.
template <typename Observe>
double cost(int threads, const Observe& observe) {
  constexpr int kCalls = 5'000'000;
  std::atomic<std::int64_t> nanoseconds{0};
  {
    std::vector<std::jthread> running;
    for (int t = 0; t < threads; ++t) {
      running.emplace_back([&] {
        timespec begin{};
        timespec end{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
        for (int i = 0; i < kCalls; ++i) observe(20e-6 + i % 100 * 1e-6);
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
        nanoseconds += (end.tv_sec - begin.tv_sec) * 1'000'000'000 + end.tv_nsec - begin.tv_nsec;
      });
    }
  }
  return static_cast<double>(nanoseconds) / kCalls / threads;
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 1;
  MetricsRegistry metrics;
  auto& summary = metrics.summary("observed_seconds", "");
  auto& histogram = metrics.seconds("compared_seconds", "");
  const double observe = cost(threads, [&](double seconds) { summary.observe(seconds); });
  const double compared = cost(threads, [&](double seconds) { histogram.Observe(seconds); });
  std::printf("{\"threads\":%d,\"observe_ns\":%.1f,\"histogram_ns\":%.1f}\n", threads, observe, compared);
  return 0;
}
