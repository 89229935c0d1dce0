#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <span>
#include <vector>

#include "base/metrics/metrics.h"
#include "http/routes.h"

namespace tintype::http {

// tintype_http_request_duration_seconds{route,method,status,cold_start} and tintype_http_requests_in_flight.
//
// Thread-safe. A series is made when it is first seen and then found without a lock: this is on the path of every
// request.
class HttpMetrics {
 public:
  HttpMetrics(MetricsRegistry& registry, std::span<const Route> routes);

  prometheus::Gauge& in_flight() { return in_flight_; }

  // `route` is one of those given to the constructor, or null for a request that matched none.
  void observe(const Route* route, int status, bool cold_start, double seconds);

 private:
  static constexpr int kStatuses = 600;
  using Series = std::array<std::atomic<prometheus::Histogram*>, 2 * kStatuses>;  // warm, then cold
  prometheus::Histogram& series(const Route* route, int status, bool cold_start);

  MetricsRegistry& registry_;
  std::span<const Route> routes_;
  std::vector<std::unique_ptr<Series>> by_route_;  // one more than routes_: the last is for no route
  prometheus::Gauge& in_flight_;
};

}  // namespace tintype::http
