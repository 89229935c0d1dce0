#include "main/numbers_table.h"

namespace tintype {
namespace {

// What is known by its name here has been made, with its help, by whoever counts it.
class Sources {
 public:
  explicit Sources(MetricsRegistry& metrics) : metrics_(metrics) {}

  const Distribution* latency(const char* name) { return &metrics_.summary(name, ""); }
  std::function<double()> total(const char* name, const MetricLabels& labels = {}) {
    return [&counter = metrics_.counter(name, "", labels)] { return counter.Value(); };
  }
  std::function<double()> uploads(const char* outcome) {
    return total("tintype_uploads_total", {{"outcome", outcome}});
  }

 private:
  MetricsRegistry& metrics_;
};

ShareNumber hit_ratio(const char* name, const char* type, const LookupCounters& lookups) {
  return {name,
          {"CacheHitRate", "CacheType", type},
          [&hit = lookups.hit] { return hit.Value(); },
          [&hit = lookups.hit, &miss = lookups.miss] { return hit.Value() + miss.Value(); }};
}

void add_cache(NumbersTable& table, const CacheParts& cache, MetricsRegistry& metrics) {
  if (cache.memory != nullptr) {
    table.shares.push_back(hit_ratio("memoryHitRatio", "Memory", lookup_counters(metrics, "memory")));
    table.levels.push_back({"memoryCacheEntries", {}, [&memory = *cache.memory] {
                              return std::optional(static_cast<double>(memory.counts().entries));
                            }});
  }
  if (cache.redis != nullptr) {
    table.shares.push_back(hit_ratio("redisHitRatio", "Redis", lookup_counters(metrics, "redis")));
    table.levels.push_back({"redisKeys", {}, [&redis = *cache.redis] { return redis.keys(); }});
  }
}

}  // namespace

NumbersTable numbers_table(const std::string& stage, const NumberSources& sources) {
  Sources from(sources.metrics);
  const auto staged = [&stage](const char* name) { return CloudWatchName{name, "Stage", stage}; };
  NumbersTable table;
  table.latencies = {
      {"uploadLatency", staged("UploadLatency"), from.latency("tintype_upload_latency_seconds")},
      {"getLatency", staged("GetLatency"), from.latency("tintype_get_latency_seconds")},
      {"imageProcessing", staged("ImageProcessingDuration"), from.latency("tintype_image_processing_duration_seconds")},
      {"blobPut", staged("BlobPutDuration"), from.latency("tintype_blob_put_duration_seconds")},
      {"metadataWrite", staged("MetadataWriteDuration"), from.latency("tintype_metadata_write_duration_seconds")},
  };
  table.counts = {
      {"uploadSuccesses", staged("ImageUploadSuccess"), from.uploads("success")},
      {"uploadFailures", staged("ImageUploadFailure"), from.uploads("failure")},
      {"uploadRefusals", {}, from.uploads("refused")},
      {"duplicateUploads", staged("DuplicateUploadCount"), from.total("tintype_duplicate_uploads_total")},
      {"coldStarts", {"ColdStarts", "FunctionName", kWorkerPoolName}, from.total("tintype_cold_starts_total")},
  };
  table.shares = {{"coldUploadRatio", {}, from.total("tintype_cold_uploads_total"), from.uploads("success")}};
  table.levels = {
      {"orphanedFiles", staged("OrphanedFiles"), [&sweeper = sources.sweeper] { return sweeper.orphaned_files(); }}};
  add_cache(table, sources.cache, sources.metrics);
  return table;
}

}  // namespace tintype
