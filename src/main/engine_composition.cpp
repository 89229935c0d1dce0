#include "main/engine_composition.h"

#include <filesystem>

#include "adapters/engine_worker/worker_engine.h"
#include "adapters/quarantine_sqlite/sqlite_quarantine_store.h"
#include "adapters/system_clock/system_clock.h"
#include "main/cores.h"
#include "main/in_process_engine.h"
#include "main/quarantine_command.h"
#include "main/store_composition.h"

namespace tintype {
namespace {

// "decode" -> its histogram, looked up once.
StageObserver engine_observer(MetricsRegistry& metrics) {
  std::map<std::string, prometheus::Histogram*, std::less<>> by_stage;
  for (const char* stage : {"probe", "decode", "encode", "placeholder"}) {
    by_stage[stage] =
        &metrics.seconds("tintype_engine_duration_seconds", "Time in a stage of image work.", {{"stage", stage}});
  }
  return [by_stage](std::string_view stage, double seconds) {
    const auto found = by_stage.find(stage);
    if (found != by_stage.end()) found->second->Observe(seconds);
  };
}

int provisioned_workers(const config::Settings& settings) {
  return settings.workers_provisioned > 0 ? settings.workers_provisioned : cores_if_zero(0);
}

WorkerPool::Options pool_options(const config::Settings& settings) {
  WorkerPool::Options options;
  options.supervisor = {.program = program_beside_this("tintype-worker"),
                        .memory_limit = settings.worker_memory,
                        .idle = settings.worker_idle,
                        .automatic = settings.workers_provisioned < 0};
  options.provisioned = provisioned_workers(settings);
  options.most = most_workers(settings);
  options.policy = {.least = std::min(settings.workers_min, options.most),
                    .most = options.most,
                    .raise_above = settings.workers_raise_percent / 100.0,
                    .lower_below = settings.workers_lower_percent / 100.0,
                    .window = settings.workers_window};
  options.max_jobs = settings.worker_max_jobs;
  options.max_resident = settings.worker_max_resident;
  return options;
}

}  // namespace

int most_workers(const config::Settings& settings) {
  const int most =
      settings.workers_max > 0 ? settings.workers_max : cores_if_zero(settings.image_threads) + cores_if_zero(0);
  return std::max(most, provisioned_workers(settings));
}

Result<EngineParts> make_engine(const config::Settings& settings, MetricsRegistry& metrics, const Logger& log) {
  EngineParts parts;
  parts.clock = std::make_unique<SystemClock>();
  if (settings.engine == config::Engine::InProcess) {
    auto engine = load_in_process_engine(engine_observer(metrics));
    if (!engine) return fail(engine.error());
    parts.engine = std::move(*engine);
    return parts;
  }
  parts.pool = std::make_unique<WorkerPool>(pool_options(settings), metrics, log);
  auto quarantine = SqliteQuarantineStore::open(quarantine_file(settings.data_dir));
  if (!quarantine) return cannot_use(settings.data_dir, quarantine.error());
  parts.quarantine = std::move(*quarantine);
  const WorkerEngine::Options options{.job_deadline = settings.job_deadline,
                                      .quarantine_time = settings.quarantine_ttl};
  parts.engine = std::make_unique<WorkerEngine>(*parts.pool, *parts.quarantine, *parts.clock, options, metrics, log,
                                                engine_observer(metrics));
  return parts;
}

}  // namespace tintype
