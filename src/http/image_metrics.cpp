#include "http/image_metrics.h"

namespace tintype::http {
namespace {

constexpr int kOk = 200;
constexpr int kCreated = 201;
constexpr int kNotModified = 304;

prometheus::Counter& uploads(MetricsRegistry& registry, const char* outcome) {
  return registry.counter("tintype_uploads_total", "Uploads: images made, refused (4xx), failed (5xx).",
                          {{"outcome", outcome}});
}

}  // namespace

ImageMetrics::ImageMetrics(MetricsRegistry& registry)
    : upload_latency_(registry.summary("tintype_upload_latency_seconds", "Uploads that made an image.")),
      get_latency_(registry.summary("tintype_get_latency_seconds", "Reads of an image's record that found it.")),
      processing_(registry.summary("tintype_image_processing_duration_seconds",
                                   "The engine's work for an upload that made an image.")),
      success_(uploads(registry, "success")),
      refused_(uploads(registry, "refused")),
      failure_(uploads(registry, "failure")),
      duplicates_(registry.counter("tintype_duplicate_uploads_total",
                                   "Uploads answered from their idempotency token, as they were the first time.")),
      cold_(registry.counter("tintype_cold_uploads_total",
                             "Uploads that made an image and had to wait for a worker to start.")) {}

void ImageMetrics::observe(const Route& route, const Response& response, double seconds) {
  if (route.body == BodyKind::Upload) return observe_upload(response, seconds);
  const bool is_read = route.method == "GET" && route.path == "/images/{id}";
  if (is_read && (response.status == kOk || response.status == kNotModified)) get_latency_.observe(seconds);
}

void ImageMetrics::observe_upload(const Response& response, double seconds) {
  constexpr int kServerError = 500;
  constexpr int kClientError = 400;
  if (response.status >= kServerError) return failure_.Increment();
  if (response.status >= kClientError) return refused_.Increment();
  if (response.status != kCreated) return duplicates_.Increment();
  success_.Increment();
  if (response.cold_start) cold_.Increment();
  upload_latency_.observe(seconds);
  processing_.observe(std::chrono::duration<double>(response.engine_time).count());
}

}  // namespace tintype::http
