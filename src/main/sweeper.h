#pragma once

#include <atomic>
#include <chrono>
#include <optional>

#include "base/metrics/metrics.h"
#include "base/periodic_task.h"
#include "service/sweep.h"
#include "service/verify.h"

namespace tintype {

// What a server does on its own to keep its stores clean, from its construction to its end: a sweep after each
// `sweep_interval`, and a verification when the last one, by any process, is older than `verify_interval` (0: never).
// The outcome of the last verification is in the metrics, whoever made it.
class Sweeper {
 public:
  struct Intervals {
    std::chrono::milliseconds sweep;
    std::chrono::milliseconds verify;
  };

  Sweeper(Sweep& sweep, Verify& verify, MetadataStore& metadata, const Clock& clock, Intervals intervals,
          MetricsRegistry& metrics, const Logger& log);

  // By the last verification; nullopt before the first is known. Thread-safe.
  std::optional<double> orphaned_files() const;

 private:
  bool run_sweep(const std::stop_token& stop);
  void count(const SweepReport& report);
  bool look_after_verification(const std::stop_token& stop);
  Result<void> verify_if_due(const std::stop_token& stop);
  void show(const VerificationReport& report);

  Sweep& sweep_;
  Verify& verify_;
  MetadataStore& metadata_;
  const Clock& clock_;
  const Intervals intervals_;
  MetricsRegistry& metrics_;
  const Logger& log_;
  std::atomic<double> orphaned_{-1};  // -1: not known
  PeriodicTask sweep_task_;           // last, as are their threads
  PeriodicTask verify_task_;
};

}  // namespace tintype
