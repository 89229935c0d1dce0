#pragma once

#include "base/metrics/metrics.h"
#include "http/response.h"
#include "http/routes.h"

namespace tintype::http {

// The numbers that the service is held to:
//   tintype_upload_latency_seconds             uploads that made an image (201)
//   tintype_get_latency_seconds                GET /images/{id} that found it (200 and 304)
//   tintype_image_processing_duration_seconds  the engine's work for an upload that made an image
//   tintype_uploads_total{outcome}             success: 201; refused: 4xx; failure: 5xx
//   tintype_duplicate_uploads_total            uploads that were answered as they were the first time (200)
//   tintype_cold_uploads_total                 of the successful ones, those that had to wait for a worker to start
//
// Thread-safe, and cheap: it is on the path of every request.
class ImageMetrics {
 public:
  explicit ImageMetrics(MetricsRegistry& registry);

  // Of any route.
  void observe(const Route& route, const Response& response, double seconds);

 private:
  void observe_upload(const Response& response, double seconds);

  Distribution& upload_latency_;
  Distribution& get_latency_;
  Distribution& processing_;
  prometheus::Counter& success_;
  prometheus::Counter& refused_;
  prometheus::Counter& failure_;
  prometheus::Counter& duplicates_;
  prometheus::Counter& cold_;
};

}  // namespace tintype::http
