#include "main/cache_composition.h"

#include "service/cache_keys.h"

namespace tintype {
namespace {

using config::CacheKind;
using config::Settings;

// DynamoDB's global secondary indexes follow their table within a fraction of a second, as a rule (Amazon DynamoDB
// Developer Guide, "Read consistency").
constexpr std::chrono::milliseconds kIndexLag{3000};
// A write may take as long as its request, and its last steps a little longer.
constexpr std::chrono::milliseconds kWriterMargin{30'000};

// For a number that is kept elsewhere.
void raise_to(prometheus::Counter& counter, std::uint64_t value) {
  counter.Increment(std::max(0.0, static_cast<double>(value) - counter.Value()));
}

CacheKind kind_of(const Settings& settings) {
  if (settings.cache != CacheKind::Auto) return settings.cache;
  if (!settings.redis_url.empty()) return CacheKind::Redis;
  return settings.metadata == config::Metadata::Sqlite ? CacheKind::Memory : CacheKind::None;
}

std::string channel_of(const redis::RedisUrl& url) {
  return "tintype:invalid:" + std::to_string(url.database);
}

const char* name_of(redis::RedisClient::State state) {
  using State = redis::RedisClient::State;
  switch (state) {
    case State::Idle:
      return "idle";
    case State::Connecting:
      return "connecting";
    case State::Ready:
      return "ready";
    case State::Backoff:
      return "backoff";
    case State::Open:
      break;
  }
  return "open";
}

// Nothing is asked of Redis yet: the service starts, and goes on, without it.
Result<void> add_redis(CacheParts& parts, const Settings& settings, const Logger& log) {
  const auto url = redis_url(settings);
  if (!url) return fail(url.error());
  const std::string ca_file = settings.redis_ca_file;
  parts.client =
      std::make_unique<redis::RedisClient>(redis::RedisClient::Options{.url = *url, .ca_file = ca_file}, log);
  parts.redis = std::make_unique<RedisCache>(*parts.client, redis_cache_options(settings, *url), log);
  if (settings.cache_memory == 0) return {};
  parts.generations = std::make_unique<TagGenerations>();
  parts.memory = std::make_unique<MemoryCache>(settings.cache_memory, *parts.generations);
  parts.tiered = std::make_unique<TieredCache>(
      *parts.memory, *parts.generations, *parts.redis, [cache = parts.redis.get()] { return cache->is_well(); },
      redis_subscription_options(settings, *url), log);
  return {};
}

// Servers on one data directory share the file, so that each learns of the others' writes.
Result<void> add_memory(CacheParts& parts, const Settings& settings, const Logger& log) {
  if (settings.metadata == config::Metadata::DynamoDb) {
    log.warn("cache=memory with metadata=dynamodb is right for one server only: with more, use cache=redis");
  }
  auto generations = TagGenerations::shared(settings.data_dir / "cache-generations");
  if (!generations) return fail(generations.error().code, generations.error().detail);
  parts.generations = std::move(*generations);
  parts.memory = std::make_unique<MemoryCache>(settings.cache_memory, *parts.generations);
  return {};
}

void expose_memory(const MemoryCache& memory, MetricsRegistry& metrics) {
  auto& bytes = metrics.gauge("tintype_cache_memory_bytes", "What the memory cache holds, all overhead included.");
  auto& entries = metrics.gauge("tintype_cache_memory_entries", "Answers in the memory cache.");
  auto& evictions = metrics.counter("tintype_cache_memory_evictions_total", "Answers that others have driven out.");
  metrics.before_expose([&] {
    const MemoryCache::Counts counts = memory.counts();
    bytes.Set(static_cast<double>(counts.bytes));
    entries.Set(static_cast<double>(counts.entries));
    raise_to(evictions, counts.evictions);
  });
}

void expose_redis(const CacheParts& parts, MetricsRegistry& metrics) {
  auto& open = metrics.gauge("tintype_redis_breaker_open", "1 while Redis is not asked because it was not well.");
  auto& ready = metrics.gauge("tintype_redis_connected", "1 while there is a connection to Redis.");
  auto& listening = metrics.gauge("tintype_cache_listening", "1 while other replicas' invalidations are heard.");
  metrics.gauge_if_known("tintype_cache_redis_keys", "Keys in the database of Redis, others' included.", {},
                         [cache = parts.redis.get()] { return cache->keys(); });
  auto& behind = metrics.gauge("tintype_cache_invalidations_waiting", "Tags that Redis could not be told of yet.");
  auto& connections = metrics.counter("tintype_redis_connections_total", "Connections opened to Redis.");
  auto& failures = metrics.counter("tintype_redis_connect_failures_total", "Connections that failed or stalled.");
  auto& commands = metrics.counter("tintype_redis_commands_total", "Commands sent to Redis.");
  auto& timeouts = metrics.counter("tintype_redis_timeouts_total", "Calls of Redis that were not answered in time.");
  auto& invalidations = metrics.counter("tintype_cache_invalidations_total", "Tags invalidated in Redis.");
  metrics.before_expose([&, client = parts.client.get(), cache = parts.redis.get(), tiered = parts.tiered.get()] {
    const auto state = client->state();
    const auto counts = client->counts();
    open.Set(state == redis::RedisClient::State::Open ? 1 : 0);
    ready.Set(state == redis::RedisClient::State::Ready ? 1 : 0);
    listening.Set(tiered != nullptr && tiered->is_listening() ? 1 : 0);
    behind.Set(static_cast<double>(cache->counts().waiting));
    raise_to(connections, counts.connections_opened);
    raise_to(failures, counts.connect_failures);
    raise_to(commands, counts.commands);
    raise_to(timeouts, counts.timeouts);
    raise_to(invalidations, cache->counts().invalidations);
  });
}

}  // namespace

Cache& CacheParts::get() const {
  if (tiered != nullptr) return *tiered;
  if (redis != nullptr) return *redis;
  if (memory != nullptr) return *memory;
  return *none;
}

Result<CacheParts> make_cache(const Settings& settings, const Logger& log) {
  CacheParts parts;
  parts.none = std::make_unique<NoCache>();
  const CacheKind kind = kind_of(settings);
  Result<void> added;
  if (kind == CacheKind::Redis) added = add_redis(parts, settings, log);
  if (kind == CacheKind::Memory) added = add_memory(parts, settings, log);
  if (!added) return fail(added.error());
  return parts;
}

bool uses_redis(const Settings& settings) {
  return kind_of(settings) == CacheKind::Redis;
}

Result<redis::RedisUrl> redis_url(const Settings& settings) {
  if (settings.redis_url.empty())
    return fail(ErrorCode::ValidationFailed, "cache=redis needs a server: set TINTYPE_REDIS_URL or --redis-url");
  auto url = redis::parse_redis_url(settings.redis_url);
  if (!url) return fail(ErrorCode::ValidationFailed, "redis-url: " + url.error().public_message);
  return url;
}

RedisCache::Options redis_cache_options(const Settings& settings, const redis::RedisUrl& url) {
  const bool by_tags = settings.cache_invalidation == config::CacheInvalidation::Tags;
  return {.strategy = by_tags ? RedisCache::Strategy::Tags : RedisCache::Strategy::Scan,
          .pattern_of_tag = pattern_of_tag,
          .all_patterns = all_cache_patterns(),
          .channel = channel_of(url),
          .writer_time = settings.request_timeout + kWriterMargin};
}

redis::RedisSubscription::Options redis_subscription_options(const Settings& settings, const redis::RedisUrl& url) {
  return {.url = url,
          .ca_file = settings.redis_ca_file,
          .channel = channel_of(url),
          .ping_every = std::chrono::milliseconds(250),
          .lost_after = std::chrono::milliseconds(1000)};
}

http::Dependency redis_dependency(const redis::RedisClient& client) {
  using State = redis::RedisClient::State;
  const auto check = [&client](Deadline) -> Result<void> {
    const State state = client.state();
    if (state == State::Ready || state == State::Idle) return {};
    return fail(ErrorCode::StoreUnavailable, "Redis does not answer; the service goes on without it");
  };
  return {.name = "redis",
          .check = check,
          .describe = [&client](JsonObject& json) { json.add("connection", name_of(client.state())); },
          .is_needed = false};
}

LookupCounters lookup_counters(MetricsRegistry& metrics, const std::string& level) {
  const auto counter = [&](const char* outcome) -> prometheus::Counter& {
    return metrics.counter("tintype_cache_lookups_total", "Reads that were looked for in a level of the cache.",
                           {{"cache", level}, {"outcome", outcome}});
  };
  return {counter("miss"), counter("hit")};
}

ImageCache::Options image_cache_options(const CacheParts& parts, MetricsRegistry& metrics) {
  ImageCache::Options options;
  options.has_memory = parts.memory != nullptr;
  options.has_redis = parts.redis != nullptr;
  using Outcomes = std::array<prometheus::Counter*, 2>;  // miss, hit
  const auto outcomes = [&metrics](bool exists, const char* level) -> Outcomes {
    if (!exists) return {};  // never looked into
    const LookupCounters counters = lookup_counters(metrics, level);
    return {&counters.miss, &counters.hit};
  };
  options.looked_up = [memory = outcomes(options.has_memory, "memory"), redis = outcomes(options.has_redis, "redis")](
                          CacheLevel level, bool hit) {
    (level == CacheLevel::Memory ? memory : redis)[hit]->Increment();
  };
  return options;
}

void expose_cache(const CacheParts& parts, MetricsRegistry& metrics) {
  if (parts.memory != nullptr) expose_memory(*parts.memory, metrics);
  if (parts.redis != nullptr) expose_redis(parts, metrics);
}

void expose_stale_checks(const StaleChecker& checker, MetricsRegistry& metrics) {
  auto& checked = metrics.counter("tintype_stale_checks_total", "Cached answers compared with the store.");
  auto& stale = metrics.counter("tintype_stale_served_total", "Of those, the ones that were wrong.");
  metrics.before_expose([&] {
    const StaleChecker::Counts counts = checker.counts();
    raise_to(checked, counts.checked);
    raise_to(stale, counts.stale);
  });
}

std::chrono::milliseconds list_lag(const Settings& settings) {
  return settings.metadata == config::Metadata::DynamoDb ? kIndexLag : std::chrono::milliseconds(0);
}

}  // namespace tintype
