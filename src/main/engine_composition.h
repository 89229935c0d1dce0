#pragma once

#include <memory>

#include "adapters/engine_worker/worker_pool.h"
#include "config/settings.h"
#include "ports/clock.h"
#include "ports/image_engine.h"
#include "ports/quarantine_store.h"

namespace tintype {

// What makes pictures, and what it stands on.
struct EngineParts {
  std::unique_ptr<Clock> clock;
  std::unique_ptr<WorkerPool> pool;  // null with engine=inprocess, as is the next
  std::unique_ptr<QuarantineStore> quarantine;
  std::unique_ptr<ImageEngine> engine;
};

// Starts the image workers, if the settings say so; to be called before the process has threads of its own. Does not
// wait until they are warm. Error: the message says what to do about it.
Result<EngineParts> make_engine(const config::Settings& settings, MetricsRegistry& metrics, const Logger& log);

// Image workers at a time.
int most_workers(const config::Settings& settings);

}  // namespace tintype
