#pragma once

#include "adapters/cache_memory/memory_cache.h"
#include "adapters/redis/redis_subscription.h"
#include "ports/cache.h"

namespace tintype {

// A Cache of two levels: memory in front of one that all replicas share. Memory is used only while it is certain that
// every invalidation that another replica has announced, and that has reached this machine, has been carried out here;
// a channel that breaks empties it. What is in memory is also in the shared level, or was.
//
// Thread safety and blocking: as the port says.
class TieredCache final : public Cache, private redis::RedisSubscription::Listener {
 public:
  // `generations` are those of `memory`. `subscription` is to where `shared` tells of its invalidations. `is_well`:
  // whether others can do so at the moment, as far as is known; called on any thread, and must not wait.
  TieredCache(MemoryCache& memory, TagGenerations& generations, Cache& shared, std::function<bool()> is_well,
              redis::RedisSubscription::Options subscription, const Logger& log);

  CachedBytes get_at_once(const CacheKey& key) override;
  bool get_soon(const CacheKey& key, Deadline deadline, std::function<void(CachedBytes)> done) override;
  CachedBytes get(const CacheKey& key, Deadline deadline) override;
  std::vector<CachedBytes> get_many(std::span<const CacheKey> keys, Deadline deadline) override;
  CacheFill begin_fill(const CacheKey& key, Deadline deadline) override;
  bool put(const CacheFill& fill, CachedBytes bytes, std::chrono::milliseconds ttl, Deadline deadline) override;
  std::string announce(std::span<const std::string> tags, Deadline deadline) override;
  Result<void> invalidate(std::span<const std::string> tags, const std::string& announced, Deadline deadline) override;
  Result<void> invalidate_matching(const std::string& pattern, Deadline deadline) override;

  bool is_listening() const { return subscription_.connected(); }

 private:
  void message(std::string_view payload) override;
  void gap() override;

  MemoryCache& memory_;
  TagGenerations& generations_;
  Cache& shared_;
  const std::function<bool()> is_well_;
  redis::RedisSubscription subscription_;  // last, as is its thread
};

}  // namespace tintype
