#include "service/late_invalidation.h"

#include <gtest/gtest.h>

#include "adapters/cache_memory/memory_cache.h"
#include "tests/support/process_tree.h"

namespace tintype {
namespace {

using namespace std::chrono_literals;
using testing_support::eventually;

class LateInvalidationTest : public testing::Test {
 protected:
  static Deadline soon() { return Deadline::after(10s); }
  bool fill() {
    return cache_.put(cache_.begin_fill(key_, soon()), std::make_shared<const std::string>("page"), 1min, soon());
  }

  TagGenerations generations_;
  MemoryCache cache_{1U << 20U, generations_};
  const CacheKey key_{.text = "page", .tags = {"user:ann"}};
};

TEST_F(LateInvalidationTest, WhatWasLoadedMeanwhileIsInvalidatedWhenTheListsHaveCaughtUp) {
  LateInvalidation late(cache_, 50ms);
  ASSERT_TRUE(fill());
  const auto added = std::chrono::steady_clock::now();
  late.add({"user:ann"});
  EXPECT_NE(cache_.get_at_once(key_), nullptr);
  EXPECT_TRUE(eventually([&] { return cache_.get_at_once(key_) == nullptr; }));
  EXPECT_GE(std::chrono::steady_clock::now() - added, 50ms);
}

TEST_F(LateInvalidationTest, WhatIsLoadedAfterThatStays) {
  LateInvalidation late(cache_, 10ms);
  ASSERT_TRUE(fill());
  late.add({"user:ann"});
  ASSERT_TRUE(eventually([&] { return cache_.get_at_once(key_) == nullptr; }));
  ASSERT_TRUE(fill());
  std::this_thread::sleep_for(50ms);  // nothing to wait for: nothing may happen
  EXPECT_NE(cache_.get_at_once(key_), nullptr);
}

TEST_F(LateInvalidationTest, EndDoesNotWaitForWhatIsNotDue) {
  const auto begun = std::chrono::steady_clock::now();
  {
    LateInvalidation late(cache_, 1h);
    late.add({"user:ann"});
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
}

}  // namespace
}  // namespace tintype
