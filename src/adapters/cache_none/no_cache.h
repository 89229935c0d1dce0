#pragma once

#include "ports/cache.h"

namespace tintype {

// A Cache that keeps nothing (TINTYPE_CACHE=none).
class NoCache final : public Cache {
 public:
  CachedBytes get_at_once(const CacheKey&) override { return nullptr; }
  bool get_soon(const CacheKey&, Deadline, std::function<void(CachedBytes)>) override { return false; }
  CachedBytes get(const CacheKey&, Deadline) override { return nullptr; }
  std::vector<CachedBytes> get_many(std::span<const CacheKey> keys, Deadline) override {
    return std::vector<CachedBytes>(keys.size());
  }
  CacheFill begin_fill(const CacheKey& key, Deadline) override { return {.key = key, .seen = {}, .lease = {}}; }
  bool put(const CacheFill&, CachedBytes, std::chrono::milliseconds, Deadline) override { return false; }
  std::string announce(std::span<const std::string>, Deadline) override { return {}; }
  Result<void> invalidate(std::span<const std::string>, const std::string&, Deadline) override { return {}; }
  Result<void> invalidate_matching(const std::string&, Deadline) override { return {}; }
};

}  // namespace tintype
