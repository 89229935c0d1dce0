#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/metrics/distribution.h"

namespace tintype {

using MetricLabels = std::map<std::string, std::string>;

// All metrics of the process. Names follow Prometheus conventions: prefix tintype_, base units, `_total` for counters.
//
// Thread safety: all methods may be called concurrently. What they return lives as long as the registry: look it up
// once, keep the reference, and use that on hot paths.
class MetricsRegistry {
 public:
  MetricsRegistry();

  // The same name and labels give the same metric. `help` is taken from the first call for a name.
  prometheus::Counter& counter(const std::string& name, const std::string& help, const MetricLabels& labels = {});
  prometheus::Gauge& gauge(const std::string& name, const std::string& help, const MetricLabels& labels = {});
  // Seconds, with buckets from 100 us to 30 s.
  prometheus::Histogram& seconds(const std::string& name, const std::string& help, const MetricLabels& labels = {});

  // Seconds, shown as a summary: the quantiles 0.5, 0.95 and 0.99 of the last five minutes, absent if nothing was
  // observed in them; `_sum` and `_count` since the start.
  Distribution& summary(const std::string& name, const std::string& help);
  // Begins the next slot of all summaries (Distribution::next_slot).
  void next_slot();

  // A gauge that is asked for its value at each exposition, and is not there when it has none. What `value` refers to
  // must outlive the last call of expose().
  void gauge_if_known(const std::string& name, const std::string& help, const MetricLabels& labels,
                      std::function<std::optional<double>()> value);

  // Calls `refresh` before each exposition, to set gauges that are cheaper to read than to keep. Only before expose()
  // is first called; what `refresh` refers to must outlive the last call of expose().
  void before_expose(std::function<void()> refresh) { refreshers_.push_back(std::move(refresh)); }

  // The text exposition format, version 0.0.4.
  std::string expose() const;

 private:
  std::shared_ptr<prometheus::Registry> registry_;  // shared only because prometheus-cpp's builders want it so
  std::vector<std::function<void()>> refreshers_;

  struct Summary {
    std::string help;
    std::unique_ptr<Distribution> distribution;
  };
  struct AskedGauge {
    std::string name;
    std::string help;
    MetricLabels labels;
    std::function<std::optional<double>()> value;
  };
  void add_summaries(std::vector<prometheus::MetricFamily>& families) const;
  void add_asked_gauges(std::vector<prometheus::MetricFamily>& families) const;

  mutable std::mutex mutex_;
  std::map<std::string, Summary> summaries_;  // guarded by mutex_, as is the next
  std::vector<AskedGauge> asked_gauges_;
};

// Observes the seconds between its construction and its destruction.
class ScopedTimer {
 public:
  explicit ScopedTimer(prometheus::Histogram& histogram)
      : histogram_(histogram), start_(std::chrono::steady_clock::now()) {}
  ~ScopedTimer() {
    histogram_.Observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count());
  }
  ScopedTimer(const ScopedTimer&) = delete;
  ScopedTimer& operator=(const ScopedTimer&) = delete;

 private:
  prometheus::Histogram& histogram_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace tintype
