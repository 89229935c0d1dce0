#include "adapters/engine_worker/pool_metrics.h"

namespace tintype {
namespace {

prometheus::Histogram& start_phase(MetricsRegistry& registry, const char* phase) {
  return registry.seconds("tintype_worker_start_duration_seconds",
                          "Time in a phase of an image worker's start: spawn, load, warmup.", {{"phase", phase}});
}

double seconds(std::chrono::microseconds time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

PoolMetrics::PoolMetrics(MetricsRegistry& registry)
    : starts_(registry.counter("tintype_worker_starts_total", "Image workers started.")),
      cold_starts_(registry.counter("tintype_cold_starts_total", "Image jobs that had to wait for a worker to start.")),
      retired_(registry.counter("tintype_worker_retirements_total", "Image workers ended because idle or worn.")),
      zygotes_(registry.counter("tintype_worker_zygote_starts_total", "Starts of the process that forks workers.")),
      cold_start_wait_(
          registry.seconds("tintype_cold_start_duration_seconds", "How long a cold start made a job wait.")),
      spawn_(start_phase(registry, "spawn")),
      load_(start_phase(registry, "load")),
      warm_up_(start_phase(registry, "warmup")) {
  for (const Death death : {Death::Crash, Death::Deadline, Death::Nonsense, Death::Killed, Death::Start}) {
    deaths_.push_back(&registry.counter("tintype_worker_deaths_total", "Image workers lost, by reason.",
                                        {{"reason", std::string(death_name(death))}}));
  }
}

void PoolMetrics::started(const WorkerStart& start) {
  starts_.Increment();
  spawn_.Observe(seconds(start.spawn));
  load_.Observe(seconds(start.load));
  warm_up_.Observe(seconds(start.warm_up));
}

void PoolMetrics::cold_start(std::chrono::microseconds waited) {
  cold_starts_.Increment();
  cold_start_wait_.Observe(seconds(waited));
}

}  // namespace tintype
