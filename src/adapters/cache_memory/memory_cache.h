#pragma once

#include <array>
#include <mutex>

#include "adapters/cache_memory/s3_fifo.h"
#include "adapters/cache_memory/tag_generations.h"
#include "ports/cache.h"

namespace tintype {

// A Cache in the memory of this process. It is true for as long as everybody who changes what it holds advances the
// same TagGenerations: this process alone, the processes that share their file, or whoever listens to the others
// (adapters/cache_tiered).
//
// Thread safety and blocking: as the port says; nothing here waits for more than a mutex, and every call may be made on
// an I/O thread. What is wrong is found out when it is asked for, so that invalidating costs the same however much
// there is; until then, or until it is driven out, it takes its space.
class MemoryCache final : public Cache {
 public:
  MemoryCache(std::size_t capacity_bytes, TagGenerations& generations);

  CachedBytes get_at_once(const CacheKey& key) override;
  bool get_soon(const CacheKey&, Deadline, std::function<void(CachedBytes)>) override { return false; }
  CachedBytes get(const CacheKey& key, Deadline deadline) override;
  std::vector<CachedBytes> get_many(std::span<const CacheKey> keys, Deadline deadline) override;
  CacheFill begin_fill(const CacheKey& key, Deadline deadline) override;
  bool put(const CacheFill& fill, CachedBytes bytes, std::chrono::milliseconds ttl, Deadline deadline) override;
  std::string announce(std::span<const std::string> tags, Deadline deadline) override;
  Result<void> invalidate(std::span<const std::string> tags, const std::string& announced, Deadline deadline) override;
  Result<void> invalidate_matching(const std::string& pattern, Deadline deadline) override;

  // Everything is wrong from now on.
  void invalidate_everything();

  struct Counts {
    std::size_t entries = 0;
    std::size_t bytes = 0;
    std::uint64_t evictions = 0;
  };
  Counts counts() const;

 private:
  static constexpr std::size_t kShards = 16;
  struct Shard {
    explicit Shard(std::size_t capacity) : entries(capacity) {}
    mutable std::mutex mutex;
    S3Fifo entries;  // guarded by mutex
  };
  Shard& shard_of(std::string_view key);

  TagGenerations& generations_;
  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace tintype
