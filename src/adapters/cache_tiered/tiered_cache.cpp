// DESIGN
// Another replica's write is answered when Redis has written the message about it to our socket (redis_cache.cpp). So a
// request that begins after that answer finds the message either unread, which is_current() sees, or carried out, which
// changes the generations that a value in memory was kept with. In both cases memory gives nothing. The order matters:
// first whether we are current, then what memory has. When Redis does not answer us, it may not answer a writer either,
// whose message is then late: memory gives nothing until Redis is well.
#include "adapters/cache_tiered/tiered_cache.h"

#include "adapters/redis/invalidation_message.h"

namespace tintype {
namespace {

// How long the shared level will keep a value is not asked; so a value stays in memory for this much longer at most.
constexpr std::chrono::milliseconds kLongestInMemory{5'000};

}  // namespace

TieredCache::TieredCache(MemoryCache& memory, TagGenerations& generations, Cache& shared, std::function<bool()> is_well,
                         redis::RedisSubscription::Options subscription, const Logger& log)
    : memory_(memory),
      generations_(generations),
      shared_(shared),
      is_well_(std::move(is_well)),
      subscription_(std::move(subscription), static_cast<redis::RedisSubscription::Listener&>(*this), log) {}

CachedBytes TieredCache::get_at_once(const CacheKey& key) {
  return is_well_() && subscription_.is_current() ? memory_.get_at_once(key) : nullptr;
}

bool TieredCache::get_soon(const CacheKey& key, Deadline deadline, std::function<void(CachedBytes)> done) {
  return shared_.get_soon(key, deadline,
                          [this, fill = memory_.begin_fill(key, deadline), done = std::move(done)](CachedBytes value) {
                            if (value != nullptr) memory_.put(fill, value, kLongestInMemory, Deadline::never());
                            done(std::move(value));
                          });
}

CachedBytes TieredCache::get(const CacheKey& key, Deadline deadline) {
  return std::move(get_many(std::span(&key, 1), deadline).front());
}

std::vector<CachedBytes> TieredCache::get_many(std::span<const CacheKey> keys, Deadline deadline) {
  std::vector<CacheFill> fills;
  for (const CacheKey& key : keys) fills.push_back(memory_.begin_fill(key, deadline));
  auto values = shared_.get_many(keys, deadline);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (values[i] != nullptr) memory_.put(fills[i], values[i], kLongestInMemory, deadline);
  }
  return values;
}

CacheFill TieredCache::begin_fill(const CacheKey& key, Deadline deadline) {
  CacheFill fill = memory_.begin_fill(key, deadline);
  fill.lease = shared_.begin_fill(key, deadline).lease;
  return fill;
}

// Memory alone would not do: a writer who cannot reach Redis tells us nothing.
bool TieredCache::put(const CacheFill& fill, CachedBytes bytes, std::chrono::milliseconds ttl, Deadline deadline) {
  if (!shared_.put(fill, bytes, ttl, deadline)) return false;
  memory_.put(fill, std::move(bytes), std::min(ttl, kLongestInMemory), deadline);
  return true;
}

std::string TieredCache::announce(std::span<const std::string> tags, Deadline deadline) {
  memory_.announce(tags, deadline);
  return shared_.announce(tags, deadline);
}

Result<void> TieredCache::invalidate(std::span<const std::string> tags, const std::string& announced,
                                     Deadline deadline) {
  auto told = shared_.invalidate(tags, announced, deadline);
  // Last, so that nothing read from the shared level meanwhile stays.
  const auto here = memory_.invalidate(tags, {}, deadline);
  return told ? here : told;
}

Result<void> TieredCache::invalidate_matching(const std::string& pattern, Deadline deadline) {
  auto told = shared_.invalidate_matching(pattern, deadline);
  const auto here = memory_.invalidate_matching(pattern, deadline);
  return told ? here : told;
}

void TieredCache::message(std::string_view payload) {
  if (payload == redis::kEverything) return memory_.invalidate_everything();
  while (!payload.empty()) {
    const std::size_t end = std::min(payload.find(' '), payload.size());
    generations_.advance(payload.substr(0, end));
    payload.remove_prefix(std::min(end + 1, payload.size()));
  }
}

void TieredCache::gap() {
  memory_.invalidate_everything();
}

}  // namespace tintype
