#include "http/http_metrics.h"

namespace tintype::http {

HttpMetrics::HttpMetrics(MetricsRegistry& registry, std::span<const Route> routes)
    : registry_(registry),
      routes_(routes),
      in_flight_(registry.gauge("tintype_http_requests_in_flight", "Requests being read, handled or answered.")) {
  for (std::size_t i = 0; i <= routes.size(); ++i) by_route_.push_back(std::make_unique<Series>());
}

void HttpMetrics::observe(const Route* route, int status, bool cold_start, double seconds) {
  series(route, status, cold_start).Observe(seconds);
}

prometheus::Histogram& HttpMetrics::series(const Route* route, int status, bool cold_start) {
  const std::size_t index = route != nullptr ? static_cast<std::size_t>(route - routes_.data()) : routes_.size();
  auto& slot = (*by_route_[index])[static_cast<std::size_t>(status) % kStatuses + (cold_start ? kStatuses : 0)];
  if (auto* known = slot.load(std::memory_order_acquire)) return *known;
  const MetricLabels labels = {{"route", route != nullptr ? std::string(route->path) : "unmatched"},
                               {"method", route != nullptr ? std::string(route->method) : "any"},
                               {"status", std::to_string(status)},
                               {"cold_start", cold_start ? "true" : "false"}};
  auto& made = registry_.seconds("tintype_http_request_duration_seconds",
                                 "From the end of a request's header to the end of its answer.", labels);
  slot.store(&made, std::memory_order_release);  // two threads may both get here; the registry gives both the same one
  return made;
}

}  // namespace tintype::http
