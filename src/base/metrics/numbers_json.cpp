#include "base/metrics/numbers_json.h"

#include "base/json_object.h"
#include "base/time_format.h"

namespace tintype {
namespace {

std::string latency_json(const NumbersPoint::Latency& latency) {
  if (latency.count == 0) return "null";
  JsonObject json;
  json.add("count", static_cast<std::int64_t>(latency.count));
  json.add("p50", latency.p50);
  json.add("p95", latency.p95);
  json.add("p99", latency.p99);
  return std::move(json).finish();
}

std::string number_json(const std::optional<double>& number) {
  std::string json;
  if (!number) return "null";
  append_json_number(json, *number);
  return json;
}

}  // namespace

std::string numbers_json(const NumbersTable& table, const NumbersPoint& point) {
  JsonObject json;
  json.add("at", to_rfc3339(point.at));
  for (std::size_t i = 0; i < table.latencies.size(); ++i) {
    json.add_raw(table.latencies[i].name, latency_json(point.latencies[i]));
  }
  for (std::size_t i = 0; i < table.counts.size(); ++i) {
    json.add_raw(table.counts[i].name, number_json(point.counts[i]));
  }
  for (std::size_t i = 0; i < table.shares.size(); ++i) {
    json.add_raw(table.shares[i].name, number_json(point.shares[i]));
  }
  for (std::size_t i = 0; i < table.levels.size(); ++i) {
    json.add_raw(table.levels[i].name, number_json(point.levels[i]));
  }
  return std::move(json).finish();
}

std::string numbers_json(const NumbersTable& table, const std::vector<NumbersPoint>& points) {
  std::string json = "[";
  for (const NumbersPoint& point : points) {
    if (json.size() > 1) json += ',';
    json += numbers_json(table, point);
  }
  return json + ']';
}

}  // namespace tintype
