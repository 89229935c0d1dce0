#include "main/numbers_composition.h"

#include <cstdio>

#include "base/json_object.h"
#include "base/metrics/emf.h"
#include "base/metrics/numbers_json.h"
#include "main/numbers_table.h"

namespace tintype {
namespace {

constexpr int kSlotsOfMinute = 6;

void expose_hit_ratio(MetricsRegistry& metrics, const char* level, const Numbers& numbers, const std::string& name) {
  std::size_t index = 0;
  while (numbers.table().shares[index].name != name) ++index;
  metrics.gauge_if_known("tintype_cache_hit_ratio", "Hits per lookup in the last five minutes.", {{"cache", level}},
                         [&numbers, index] { return numbers.recent().shares[index]; });
}

const char* cache_kind(const CacheParts& cache) {
  if (cache.redis != nullptr) return "redis";
  return cache.memory != nullptr ? "memory" : "none";
}

const char* thumbnails_name(config::Thumbnails setting) {
  if (setting == config::Thumbnails::Auto) return "auto";
  return setting == config::Thumbnails::Async ? "async" : "inline";
}

// How this server is set up, for whoever judges its numbers (main/advise).
std::string setup_json(const config::Settings& settings, const NumberSources& sources) {
  JsonObject json;
  json.add("thumbnails", thumbnails_name(settings.thumbnails));
  json.add("thumbnailsAsync", sources.thumbnails_async());
  json.add("engine", settings.engine == config::Engine::Worker ? "worker" : "inprocess");
  if (settings.workers_provisioned < 0) json.add("workersProvisioned", "auto");
  if (settings.workers_provisioned >= 0) {
    json.add("workersProvisioned", std::to_string(settings.workers_provisioned));
  }
  json.add("cache", cache_kind(sources.cache));
  json.add("cacheInvalidation", settings.cache_invalidation == config::CacheInvalidation::Tags ? "tags" : "scan");
  return std::move(json).finish();
}

}  // namespace

NumbersParts::NumbersParts(const config::Settings& settings, NumberSources sources, const Clock& clock)
    : settings_(settings),
      sources_(std::move(sources)),
      clock_(clock),
      numbers_(numbers_table(settings.stage, sources_)),
      task_("numbers", Numbers::kSlot, [this, first = true](const std::stop_token&) mutable {
        if (!first) end_slot(false);
        first = false;
        return false;
      }) {
  if (sources_.cache.memory != nullptr) expose_hit_ratio(sources_.metrics, "memory", numbers_, "memoryHitRatio");
  if (sources_.cache.redis != nullptr) expose_hit_ratio(sources_.metrics, "redis", numbers_, "redisHitRatio");
}

void NumbersParts::end_slot(bool is_last) {
  const std::lock_guard lock(mutex_);
  const UnixTime now = clock_.now();
  sources_.metrics.next_slot();
  numbers_.end_slot(now);
  if (++unwritten_ < kSlotsOfMinute && !is_last) return;
  if (settings_.emf == config::Emf::Stdout) {
    for (const std::string& line : emf_documents(numbers_.table(), numbers_.past(unwritten_), now)) {
      std::fputs((line + '\n').c_str(), stdout);
    }
    std::fflush(stdout);
  }
  unwritten_ = 0;
}

std::string NumbersParts::stats() const {
  const NumbersTable& table = numbers_.table();
  JsonObject history;
  history.add("slotSeconds", std::int64_t{Numbers::kSlot.count()});
  history.add_raw("points", numbers_json(table, numbers_.history()));
  JsonObject json;
  json.add("version", TINTYPE_VERSION);
  json.add("stage", settings_.stage);
  json.add("windowSeconds", std::int64_t{Numbers::kSlot.count() * Distribution::kSlots});
  json.add_raw("now", numbers_json(table, summarised(numbers_.recent(), clock_.now())));
  json.add_raw("setup", setup_json(settings_, sources_));
  json.add_raw("history", std::move(history).finish());
  return std::move(json).finish();
}

}  // namespace tintype
