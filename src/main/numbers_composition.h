#pragma once

#include <functional>
#include <mutex>
#include <string>

#include "base/metrics/metrics.h"
#include "base/metrics/numbers.h"
#include "base/periodic_task.h"
#include "config/settings.h"
#include "main/cache_composition.h"
#include "main/sweeper.h"
#include "ports/clock.h"

namespace tintype {

// What the numbers are read from.
struct NumberSources {
  MetricsRegistry& metrics;
  const CacheParts& cache;
  const Sweeper& sweeper;
  std::function<bool()> thumbnails_async;  // whether uploads leave them for later at the moment
};

// The numbers of a running service: it ends their slots, shows them, and writes them for CloudWatch if the settings say
// so. Thread-safe.
class NumbersParts {
 public:
  // All that `sources` refers to must outlive it.
  NumbersParts(const config::Settings& settings, NumberSources sources, const Clock& clock);

  // What /ops/stats answers.
  std::string stats() const;

  // Writes what has been counted since the last minute was written; at the end, so that it is not lost.
  void write_last() { end_slot(true); }

 private:
  void end_slot(bool is_last);

  const config::Settings settings_;
  const NumberSources sources_;
  const Clock& clock_;
  Numbers numbers_;
  std::mutex mutex_;
  int unwritten_ = 0;  // slots; guarded by mutex_
  PeriodicTask task_;  // last, as is its thread
};

}  // namespace tintype
