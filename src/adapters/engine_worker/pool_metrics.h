#pragma once

#include <chrono>
#include <vector>

#include "adapters/engine_worker/worker_death.h"
#include "base/metrics/metrics.h"

namespace tintype {

// What a pool of workers counts. Thread-safe.
class PoolMetrics {
 public:
  explicit PoolMetrics(MetricsRegistry& registry);

  void started(const WorkerStart& start);
  void cold_start(std::chrono::microseconds waited);
  void died(Death death) { deaths_[static_cast<std::size_t>(death)]->Increment(); }
  void retired(int workers) { retired_.Increment(workers); }
  void zygote_started() { zygotes_.Increment(); }

 private:
  prometheus::Counter& starts_;
  prometheus::Counter& cold_starts_;
  prometheus::Counter& retired_;
  prometheus::Counter& zygotes_;
  prometheus::Histogram& cold_start_wait_;
  prometheus::Histogram& spawn_;
  prometheus::Histogram& load_;
  prometheus::Histogram& warm_up_;
  std::vector<prometheus::Counter*> deaths_;  // in the order of the enumerators
};

}  // namespace tintype
