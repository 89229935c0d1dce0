#include "adapters/cache_memory/memory_cache.h"

#include <functional>

namespace tintype {

MemoryCache::MemoryCache(std::size_t capacity_bytes, TagGenerations& generations) : generations_(generations) {
  for (std::size_t i = 0; i < kShards; ++i) shards_.push_back(std::make_unique<Shard>(capacity_bytes / kShards));
}

MemoryCache::Shard& MemoryCache::shard_of(std::string_view key) {
  // Not the bits that the shard's own table uses first.
  return *shards_[(std::hash<std::string_view>{}(key) >> 48U) % kShards];
}

CachedBytes MemoryCache::get_at_once(const CacheKey& key) {
  Shard& shard = shard_of(key.text);
  const std::lock_guard lock(shard.mutex);
  const S3Fifo::Value* const value = shard.entries.find(key.text);
  if (value == nullptr) return nullptr;
  if (value->expires > std::chrono::steady_clock::now() && generations_.unchanged(value->seen)) return value->bytes;
  shard.entries.remove(key.text);
  return nullptr;
}

CachedBytes MemoryCache::get(const CacheKey& key, Deadline) {
  return get_at_once(key);
}

std::vector<CachedBytes> MemoryCache::get_many(std::span<const CacheKey> keys, Deadline) {
  std::vector<CachedBytes> values;
  values.reserve(keys.size());
  for (const CacheKey& key : keys) values.push_back(get_at_once(key));
  return values;
}

CacheFill MemoryCache::begin_fill(const CacheKey& key, Deadline) {
  return {.key = key, .seen = generations_.read(key.tags), .lease = {}};
}

// What is wrong already is not worth its space; what becomes wrong after this look is found out by get.
bool MemoryCache::put(const CacheFill& fill, CachedBytes bytes, std::chrono::milliseconds ttl, Deadline) {
  if (!generations_.unchanged(fill.seen)) return false;
  Shard& shard = shard_of(fill.key.text);
  const std::lock_guard lock(shard.mutex);
  return shard.entries.put(fill.key.text, {std::move(bytes), fill.seen, std::chrono::steady_clock::now() + ttl});
}

// A writer that ends before it can invalidate leaves nothing behind that was loaded before it began.
std::string MemoryCache::announce(std::span<const std::string> tags, Deadline) {
  for (const std::string& tag : tags) generations_.advance(tag);
  return {};
}

Result<void> MemoryCache::invalidate(std::span<const std::string> tags, const std::string&, Deadline) {
  for (const std::string& tag : tags) generations_.advance(tag);
  return {};
}

// Which keys the other processes have, or are loading, is not known here. Nobody does this often.
Result<void> MemoryCache::invalidate_matching(const std::string&, Deadline) {
  invalidate_everything();
  return {};
}

void MemoryCache::invalidate_everything() {
  generations_.advance_everything();
  for (const auto& shard : shards_) {
    const std::lock_guard lock(shard->mutex);
    shard->entries.clear();
  }
}

MemoryCache::Counts MemoryCache::counts() const {
  Counts counts;
  for (const auto& shard : shards_) {
    const std::lock_guard lock(shard->mutex);
    counts.entries += shard->entries.size();
    counts.bytes += shard->entries.bytes();
    counts.evictions += shard->entries.evictions();
  }
  return counts;
}

}  // namespace tintype
