#include "base/metrics/emf.h"

#include <algorithm>
#include <map>

#include "base/json_object.h"

namespace tintype {
namespace {

constexpr const char* kNamespace = "ImageService";
constexpr std::size_t kMostValues = 100;  // of an array

struct Metric {
  const CloudWatchName& name;
  const char* unit;
  std::string json;  // a number or an array
};

// Metrics whose names and dimensions do not exclude each other: all are members of one object.
struct Document {
  std::map<std::string, std::string> dimensions;
  std::vector<const Metric*> metrics;

  bool takes(const Metric& metric) const {
    const auto same = [&](const Metric* other) { return other->name.name == metric.name.name; };
    const auto known = dimensions.find(metric.name.dimension);
    return std::ranges::none_of(metrics, same) && (known == dimensions.end() || known->second == metric.name.value);
  }
};

std::string number(double value) {
  std::string json;
  append_json_number(json, value);
  return json;
}

std::string milliseconds(const Sketch& sketch) {
  constexpr double kMilliseconds = 1000;
  std::string json = "[";
  for (const double value : sketch.sample(kMostValues)) {
    if (json.size() > 1) json += ',';
    append_json_number(json, value * kMilliseconds);
  }
  return json + ']';
}

std::vector<Metric> metrics_of(const NumbersTable& table, const NumbersInterval& interval) {
  constexpr double kPercent = 100;
  std::vector<Metric> metrics;
  const auto add = [&](const auto& entry, const char* unit, bool happened, std::string json) {
    if (happened && !entry.cloudwatch.name.empty()) metrics.push_back({entry.cloudwatch, unit, std::move(json)});
  };
  for (std::size_t i = 0; i < table.latencies.size(); ++i) {
    const Sketch& sketch = interval.latencies[i];
    add(table.latencies[i], "Milliseconds", sketch.count() > 0, milliseconds(sketch));
  }
  for (std::size_t i = 0; i < table.counts.size(); ++i) {
    add(table.counts[i], "Count", interval.counts[i] > 0, number(interval.counts[i]));
  }
  for (std::size_t i = 0; i < table.shares.size(); ++i) {
    const auto& share = interval.shares[i];
    add(table.shares[i], "Percent", share.has_value(), number(share.value_or(0) * kPercent));
  }
  for (std::size_t i = 0; i < table.levels.size(); ++i) {
    const auto& level = interval.levels[i];
    add(table.levels[i], "Count", level.has_value(), number(level.value_or(0)));
  }
  return metrics;
}

// A MetricDirective for one dimension.
std::string directive(const Document& document, const std::string& dimension) {
  std::string definitions = "[";
  for (const Metric* metric : document.metrics) {
    if (metric->name.dimension != dimension) continue;
    if (definitions.size() > 1) definitions += ',';
    JsonObject definition;
    definition.add("Name", metric->name.name);
    definition.add("Unit", metric->unit);
    definitions += std::move(definition).finish();
  }
  std::string dimensions = "[[";
  append_json_string(dimensions, dimension);
  JsonObject json;
  json.add("Namespace", kNamespace);
  json.add_raw("Dimensions", dimensions + "]]");
  json.add_raw("Metrics", definitions + ']');
  return std::move(json).finish();
}

std::string text_of(const Document& document, UnixTime at) {
  std::string directives = "[";
  for (const auto& [dimension, value] : document.dimensions) {
    if (directives.size() > 1) directives += ',';
    directives += directive(document, dimension);
  }
  JsonObject metadata;
  metadata.add("Timestamp", std::int64_t{at.time_since_epoch().count()});
  metadata.add_raw("CloudWatchMetrics", directives + ']');
  JsonObject json;
  json.add_raw("_aws", std::move(metadata).finish());
  for (const auto& [dimension, value] : document.dimensions) json.add(dimension, value);
  for (const Metric* metric : document.metrics) json.add_raw(metric->name.name, metric->json);
  return std::move(json).finish();
}

}  // namespace

std::vector<std::string> emf_documents(const NumbersTable& table, const NumbersInterval& interval, UnixTime at) {
  const std::vector<Metric> metrics = metrics_of(table, interval);
  std::vector<Document> documents;
  for (const Metric& metric : metrics) {
    auto place = std::ranges::find_if(documents, [&](const Document& document) { return document.takes(metric); });
    if (place == documents.end()) place = documents.insert(place, Document{});
    place->dimensions.emplace(metric.name.dimension, metric.name.value);
    place->metrics.push_back(&metric);
  }
  std::vector<std::string> texts;
  for (const Document& document : documents) texts.push_back(text_of(document, at));
  return texts;
}

}  // namespace tintype
