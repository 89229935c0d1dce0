#include "adapters/cache_memory/s3_fifo.h"

#include <gtest/gtest.h>

#include <random>

namespace tintype {
namespace {

constexpr std::size_t kCapacity = 1'000'000;

S3Fifo::Value value(std::size_t bytes) {
  return {std::make_shared<const std::string>(bytes, 'x'), {}, {}};
}

void put_many(S3Fifo& cache, const std::string& prefix, int count, std::size_t bytes = 744) {
  for (int i = 0; i < count; ++i) EXPECT_TRUE(cache.put(prefix + std::to_string(i), value(bytes)));
}

TEST(S3Fifo, FindsWhatWasPutUntilItIsRemoved) {
  S3Fifo cache(kCapacity);
  ASSERT_TRUE(cache.put("a", value(10)));
  ASSERT_NE(cache.find("a"), nullptr);
  EXPECT_EQ(cache.find("a")->bytes->size(), 10U);
  EXPECT_EQ(cache.find("b"), nullptr);
  cache.remove("a");
  EXPECT_EQ(cache.find("a"), nullptr);
  EXPECT_EQ(cache.bytes(), 0U);
}

TEST(S3Fifo, PutReplaces) {
  S3Fifo cache(kCapacity);
  ASSERT_TRUE(cache.put("a", value(10)));
  ASSERT_TRUE(cache.put("a", value(20)));
  EXPECT_EQ(cache.find("a")->bytes->size(), 20U);
  EXPECT_EQ(cache.size(), 1U);
}

TEST(S3Fifo, NeverHoldsMoreThanItsCapacity) {
  S3Fifo cache(kCapacity);
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const auto key = std::to_string(random() % 5000);
    if (random() % 3 == 0) {
      cache.put(key, value(random() % 90'000));
    } else {
      cache.find(key);
    }
    ASSERT_LE(cache.bytes(), kCapacity);
  }
  EXPECT_GT(cache.evictions(), 0U);
}

TEST(S3Fifo, WhatIsTooLargeIsNotTaken) {
  S3Fifo cache(kCapacity);
  put_many(cache, "small", 100);
  EXPECT_FALSE(cache.put("large", value(kCapacity / 5)));
  EXPECT_EQ(cache.size(), 100U);
}

TEST(S3Fifo, WhatIsUsedStaysWhenEverythingElseIsLookedAtOnce) {
  S3Fifo cache(kCapacity);
  put_many(cache, "used", 500);
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 500; ++i) cache.find("used" + std::to_string(i));
  }
  put_many(cache, "scanned", 10'000);
  int there = 0;
  for (int i = 0; i < 500; ++i) there += cache.find("used" + std::to_string(i)) != nullptr ? 1 : 0;
  EXPECT_EQ(there, 500);
}

TEST(S3Fifo, WhatComesBackSoonAfterItLeftEntersTheMainQueue) {
  S3Fifo cache(kCapacity);
  put_many(cache, "main", 900);
  for (int i = 0; i < 900; ++i) cache.find("main" + std::to_string(i));
  put_many(cache, "filler", 300);  // "filler0" has left, and is remembered
  ASSERT_EQ(cache.find("filler0"), nullptr);
  ASSERT_TRUE(cache.put("filler0", value(744)));
  put_many(cache, "more", 300);  // several times the small queue
  EXPECT_NE(cache.find("filler0"), nullptr);
}

TEST(S3Fifo, RemoveIfRemovesWhatItIsToldTo) {
  S3Fifo cache(kCapacity);
  put_many(cache, "a", 10);
  put_many(cache, "b", 10);
  cache.remove_if([](std::string_view key) { return key.starts_with("a"); });
  EXPECT_EQ(cache.size(), 10U);
  EXPECT_EQ(cache.find("a1"), nullptr);
  EXPECT_NE(cache.find("b1"), nullptr);
}

}  // namespace
}  // namespace tintype
