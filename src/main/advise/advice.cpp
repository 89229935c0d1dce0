#include "main/advise/advice.h"

#include <cmath>
#include <cstdio>

namespace tintype {
namespace {

// The triggers; operations.md says where they come from.
constexpr double kSlowUpload = 1;  // seconds, P95
constexpr double kManyColdUploads = 0.05;
constexpr double kManyKeys = 10'000;

std::string with_unit(double number, int decimals, const char* unit) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f%s", decimals, number, unit);
  return text;
}

Advice async_thumbnails(const ServerNumbers& numbers) {
  Advice advice{.optimization = "async thumbnails", .trigger = "P95 of uploads > 1 s"};
  advice.measured = numbers.upload_p95 ? with_unit(*numbers.upload_p95, 3, " s") : "no uploads";
  advice.triggered = numbers.upload_p95.value_or(0) > kSlowUpload;
  advice.on = numbers.thumbnails != "inline";
  advice.state = numbers.thumbnails;
  if (numbers.thumbnails == "auto") advice.state += numbers.thumbnails_async ? ", async now" : ", inline now";
  if (advice.triggered && !advice.on) advice.change = "thumbnails=auto";
  return advice;
}

Advice provisioned_workers(const ServerNumbers& numbers) {
  Advice advice{.optimization = "provisioned workers", .trigger = "cold starts > 5 % of uploads"};
  advice.measured = numbers.cold_upload_ratio ? with_unit(*numbers.cold_upload_ratio * 100, 1, " %") : "no uploads";
  advice.triggered = numbers.cold_upload_ratio.value_or(0) > kManyColdUploads;
  advice.on = numbers.has_workers;
  const bool automatic = numbers.workers_provisioned == "auto";
  advice.state = !numbers.has_workers                 ? "no workers (engine=inprocess)"
                 : automatic                          ? "auto"
                 : numbers.workers_provisioned == "0" ? "one per core"
                                                      : numbers.workers_provisioned;
  if (!advice.triggered) return advice;
  advice.change = automatic ? "workers-max and workers-min: higher" : "workers-provisioned=auto, or a higher number";
  return advice;
}

Advice tag_sets(const ServerNumbers& numbers) {
  Advice advice{.optimization = "tag sets", .trigger = "> 10000 keys in the cache"};
  const bool has_redis = numbers.cache == "redis";
  const auto keys = has_redis ? numbers.redis_keys : numbers.memory_entries;
  advice.measured = keys ? with_unit(*keys, 0, " keys") : numbers.cache == "none" ? "no cache" : "not known";
  advice.triggered = keys.value_or(0) > kManyKeys;
  advice.on = numbers.cache != "none" && (!has_redis || numbers.cache_invalidation == "tags");
  advice.state = !has_redis ? numbers.cache == "none" ? "no cache" : "in memory, always" : numbers.cache_invalidation;
  if (advice.triggered && !advice.on) advice.change = "cache-invalidation=tags, on all replicas at a time";
  return advice;
}

Advice redis_pooling(const ServerNumbers& numbers) {
  const bool has_redis = numbers.cache == "redis";
  return {.optimization = "Redis pooling",
          .trigger = "Redis is in use",
          .measured = has_redis ? "in use" : "not in use",
          .triggered = has_redis,
          .on = true,
          .state = "one kept connection, pipelined",
          .change = {}};
}

Advice always(const char* optimization, std::string measured, std::string state) {
  return {.optimization = optimization,
          .trigger = "always",
          .measured = std::move(measured),
          .triggered = true,
          .on = true,
          .state = std::move(state),
          .change = {}};
}

}  // namespace

std::vector<Advice> advise(const ServerNumbers& numbers) {
  return {
      async_thumbnails(numbers),
      provisioned_workers(numbers),
      tag_sets(numbers),
      redis_pooling(numbers),
      always("SCAN, never KEYS", "-", numbers.cache_invalidation == "scan" ? "SCAN" : "no search at all"),
      always("idempotency", with_unit(numbers.duplicate_uploads, 0, " duplicates"), "idempotency-ttl"),
      always("parallel puts", "-", "always"),
      always("cold start monitoring", with_unit(numbers.cold_starts, 0, " cold starts"), "tintype_cold_starts_total")};
}

}  // namespace tintype
