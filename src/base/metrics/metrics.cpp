#include "base/metrics/metrics.h"

#include <prometheus/text_serializer.h>

#include <algorithm>

namespace tintype {
namespace {

const prometheus::Histogram::BucketBoundaries kSecondsBuckets = {
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2.5, 5, 10, 30};

}  // namespace

MetricsRegistry::MetricsRegistry()
    : registry_(std::make_shared<prometheus::Registry>(prometheus::Registry::InsertBehavior::Merge)) {}

prometheus::Counter& MetricsRegistry::counter(const std::string& name, const std::string& help,
                                              const MetricLabels& labels) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(*registry_).Add(labels);
}

prometheus::Gauge& MetricsRegistry::gauge(const std::string& name, const std::string& help,
                                          const MetricLabels& labels) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(*registry_).Add(labels);
}

prometheus::Histogram& MetricsRegistry::seconds(const std::string& name, const std::string& help,
                                                const MetricLabels& labels) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(*registry_).Add(labels, kSecondsBuckets);
}

Distribution& MetricsRegistry::summary(const std::string& name, const std::string& help) {
  const std::lock_guard lock(mutex_);
  Summary& summary = summaries_[name];
  if (summary.distribution == nullptr) summary = {help, std::make_unique<Distribution>()};
  return *summary.distribution;
}

void MetricsRegistry::next_slot() {
  const std::lock_guard lock(mutex_);
  for (auto& [name, summary] : summaries_) summary.distribution->next_slot();
}

void MetricsRegistry::gauge_if_known(const std::string& name, const std::string& help, const MetricLabels& labels,
                                     std::function<std::optional<double>()> value) {
  const std::lock_guard lock(mutex_);
  asked_gauges_.push_back({name, help, labels, std::move(value)});
}

void MetricsRegistry::add_summaries(std::vector<prometheus::MetricFamily>& families) const {
  for (const auto& [name, summary] : summaries_) {
    const auto totals = summary.distribution->totals();
    const Sketch recent = summary.distribution->recent();
    prometheus::ClientMetric metric;
    metric.summary.sample_count = totals.count;
    metric.summary.sample_sum = totals.sum;
    for (const double q : {0.5, 0.95, 0.99}) {
      if (const auto value = recent.quantile(q)) metric.summary.quantile.push_back({q, *value});
    }
    families.push_back({name, summary.help, prometheus::MetricType::Summary, {std::move(metric)}});
  }
}

void MetricsRegistry::add_asked_gauges(std::vector<prometheus::MetricFamily>& families) const {
  for (const AskedGauge& gauge : asked_gauges_) {
    const auto value = gauge.value();
    if (!value) continue;
    prometheus::ClientMetric metric;
    metric.gauge.value = *value;
    for (const auto& [label, text] : gauge.labels) metric.label.push_back({label, text});
    const auto same = [&](const prometheus::MetricFamily& family) { return family.name == gauge.name; };
    auto family = std::ranges::find_if(families, same);
    if (family == families.end()) {
      family = families.insert(family, {gauge.name, gauge.help, prometheus::MetricType::Gauge, {}});
    }
    family->metric.push_back(std::move(metric));
  }
}

std::string MetricsRegistry::expose() const {
  for (const auto& refresh : refreshers_) refresh();
  auto families = registry_->Collect();
  {
    const std::lock_guard lock(mutex_);
    add_summaries(families);
    add_asked_gauges(families);
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace tintype
