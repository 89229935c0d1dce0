#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "ports/cache.h"

namespace tintype::testing_support {

// A cache on an engine of its own, as it is in a process. Two of one engine are two replicas.
class CacheUnderTest {
 public:
  virtual ~CacheUnderTest() = default;
  virtual Cache& cache() = 0;
  // Another process on the same engine.
  virtual Cache& replica() = 0;
};

struct CacheAdapter {
  std::string name;
  std::function<std::unique_ptr<CacheUnderTest>()> make;
};

// What every Cache must do. An adapter registers a factory and runs all of it.
class CacheContract : public testing::TestWithParam<CacheAdapter> {
 protected:
  static Deadline soon() { return Deadline::after(std::chrono::seconds(10)); }
  static CachedBytes bytes(std::string text) { return std::make_shared<const std::string>(std::move(text)); }
  // Of a user's page, with the user's tag, and of an image, whose only tag is itself.
  static CacheKey page_key(const std::string& user, int page = 1) {
    return {.text = "gallery:images:user:" + user + ":" + std::to_string(page), .tags = {"user:" + user}};
  }
  static CacheKey image_key(const std::string& id) { return {.text = "image:" + id, .tags = {"image:" + id}}; }

  // What a reader finds, wherever he has to look. "" for nothing.
  static std::string read(Cache& cache, const CacheKey& key);
  // A cache may lose a fill now and then, as when it cleans up at that moment; never a hundred in a row.
  static bool fill(Cache& cache, const CacheKey& key, std::string text,
                   std::chrono::milliseconds ttl = std::chrono::minutes(1));
  static Result<void> invalidate(Cache& cache, std::vector<std::string> tags) {
    return cache.invalidate(tags, cache.announce(tags, soon()), soon());
  }

  std::unique_ptr<CacheUnderTest> under_test_ = GetParam().make();
  Cache& cache_ = under_test_->cache();
  Cache& replica_ = under_test_->replica();
};

inline std::string cache_adapter_name(const testing::TestParamInfo<CacheAdapter>& adapter) {
  return adapter.param.name;
}

}  // namespace tintype::testing_support
