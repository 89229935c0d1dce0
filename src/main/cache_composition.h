#pragma once

#include <memory>

#include "adapters/cache_memory/memory_cache.h"
#include "adapters/cache_none/no_cache.h"
#include "adapters/cache_redis/redis_cache.h"
#include "adapters/cache_tiered/tiered_cache.h"
#include "base/log.h"
#include "base/metrics/metrics.h"
#include "config/settings.h"
#include "http/system_handlers.h"
#include "service/image_cache.h"
#include "service/stale_checker.h"

namespace tintype {

// The cache that the settings name, and what it stands on; null is what it does not have.
struct CacheParts {
  std::unique_ptr<NoCache> none;
  std::unique_ptr<TagGenerations> generations;
  std::unique_ptr<MemoryCache> memory;
  std::unique_ptr<redis::RedisClient> client;
  std::unique_ptr<RedisCache> redis;
  std::unique_ptr<TieredCache> tiered;
  Cache& get() const;
};

// Error: the message says what to do about it.
Result<CacheParts> make_cache(const config::Settings& settings, const Logger& log);

// Whether the settings want Redis.
bool uses_redis(const config::Settings& settings);

// Where it is. Error: the message says which setting is missing or wrong.
Result<redis::RedisUrl> redis_url(const config::Settings& settings);

// What the service uses there; both with the channel of this database.
RedisCache::Options redis_cache_options(const config::Settings& settings, const redis::RedisUrl& url);
redis::RedisSubscription::Options redis_subscription_options(const config::Settings& settings,
                                                             const redis::RedisUrl& url);

// Redis, as /health shows it. `client` must outlive it.
http::Dependency redis_dependency(const redis::RedisClient& client);

// The lookups in a level of the cache, "memory" or "redis". The same level gives the same counters.
struct LookupCounters {
  prometheus::Counter& miss;
  prometheus::Counter& hit;
};
LookupCounters lookup_counters(MetricsRegistry& metrics, const std::string& level);

// Which levels it has, and counters of what was found there. `parts` and `metrics` outlive whoever uses them.
ImageCache::Options image_cache_options(const CacheParts& parts, MetricsRegistry& metrics);

// Shows the rest of what the cache knows of itself.
void expose_cache(const CacheParts& parts, MetricsRegistry& metrics);

// And what the checks of its answers have found.
void expose_stale_checks(const StaleChecker& checker, MetricsRegistry& metrics);

// How long lists may be without what was written (MetadataStore, consistency).
std::chrono::milliseconds list_lag(const config::Settings& settings);

}  // namespace tintype
