// What only the cache in Redis promises: what it leaves there, and what it does without Redis.
#include "adapters/cache_redis/redis_cache.h"

#include <gtest/gtest.h>

#include <thread>

#include "service/cache_keys.h"
#include "tests/support/process_tree.h"
#include "tests/support/redis_process.h"

namespace tintype::testing_support {
namespace {

using namespace std::chrono_literals;
using redis::Command;
using redis::Reply;

class RedisCacheTest : public testing::Test {
 protected:
  struct Replica {
    Replica(const RedisProcess& server, const Logger& log, std::chrono::milliseconds writer_time)
        : client({.url = redis::parse_redis_url(server.url()).value(), .connect_timeout = 5s, .stalled_after = 5s},
                 log),
          cache(client,
                {.pattern_of_tag = pattern_of_tag, .all_patterns = all_cache_patterns(), .writer_time = writer_time},
                log) {}
    redis::RedisClient client;
    RedisCache cache;
  };

  static Deadline soon() { return Deadline::after(10s); }
  std::unique_ptr<Replica> replica(std::chrono::milliseconds writer_time = 60s) {
    return std::make_unique<Replica>(server_, log_, writer_time);
  }
  static CacheKey page_key(int page = 1, std::chrono::milliseconds longest = 5min) {
    return {.text = "gallery:images:user:ann:" + std::to_string(page), .tags = {"user:ann"}, .longest = longest};
  }
  static CacheKey image_key() { return {.text = "image:1", .tags = {"image:1"}}; }
  // A busy machine may need more than the milliseconds that the cache gives each step.
  static bool fill(Cache& cache, const CacheKey& key, const std::string& text) {
    return eventually([&] { return try_fill(cache, key, text); });
  }
  static bool try_fill(Cache& cache, const CacheKey& key, const std::string& text) {
    return cache.put(cache.begin_fill(key, soon()), std::make_shared<const std::string>(text), 1min, soon());
  }
  static std::string read(Cache& cache, const CacheKey& key) {
    const auto found = cache.get(key, soon());
    return found == nullptr ? "" : *found;
  }
  static Result<void> invalidate(Cache& cache, std::vector<std::string> tags) {
    return cache.invalidate(tags, cache.announce(tags, soon()), soon());
  }
  static Reply ask(Replica& replica, Command command) {
    auto replies = replica.client.call({std::move(command)}, soon());
    return replies ? replies->front() : Reply{.type = Reply::Type::Error, .text = to_string(replies.error())};
  }

  const Logger log_{LogLevel::Error, -1};
  RedisProcess server_;
  std::unique_ptr<Replica> one_ = replica();
};

TEST_F(RedisCacheTest, WhatAWriterWhoDiedHadAnnouncedIsInvalidatedByAnother) {
  ASSERT_TRUE(fill(one_->cache, page_key(), "old"));
  auto dead = replica(200ms);
  const std::vector<std::string> tags = {"user:ann"};
  ASSERT_NE(dead->cache.announce(tags, soon()), "");
  dead.reset();  // after it has written to the store, say
  EXPECT_EQ(read(one_->cache, page_key()), "old");
  EXPECT_TRUE(eventually([&] { return read(one_->cache, page_key()).empty(); }));
  EXPECT_TRUE(eventually([&] { return ask(*one_, {"ZCARD", "tintype:writers"}).integer == 0; }));
}

TEST_F(RedisCacheTest, WriterWhoGoesOnLeavesNoAnnouncement) {
  ASSERT_TRUE(invalidate(one_->cache, {"user:ann", "image:1"}));
  EXPECT_EQ(ask(*one_, {"ZCARD", "tintype:writers"}).integer, 0);
}

TEST_F(RedisCacheTest, PagesWhoseSetIsGoneAreMisses) {
  ASSERT_TRUE(fill(one_->cache, page_key(), "old"));
  ASSERT_EQ(ask(*one_, {"DEL", "tag:{user:ann}"}).integer, 1);  // as eviction does
  EXPECT_EQ(read(one_->cache, page_key()), "");
  ASSERT_TRUE(fill(one_->cache, page_key(), "new"));
  EXPECT_EQ(read(one_->cache, page_key()), "new");
}

TEST_F(RedisCacheTest, PageThatIsPutWithAnotherScoreIsAMiss) {
  ASSERT_TRUE(fill(one_->cache, page_key(), "old"));
  ASSERT_FALSE(ask(*one_, {"ZADD", "tag:{user:ann}", "1", page_key().text}).is_error());
  EXPECT_EQ(read(one_->cache, page_key()), "");
}

TEST_F(RedisCacheTest, WhatOthersHavePutThereIsAMissAndReplaced) {
  for (const std::string junk : {"", "junk", "V", "V1 text", "L"}) {
    ASSERT_EQ(ask(*one_, {"SET", image_key().text, junk}).text, "OK");
    EXPECT_EQ(read(one_->cache, image_key()), "") << junk;
    ASSERT_TRUE(fill(one_->cache, image_key(), "ours")) << junk;
    EXPECT_EQ(read(one_->cache, image_key()), "ours") << junk;
  }
}

TEST_F(RedisCacheTest, EverythingExpires) {
  ASSERT_TRUE(fill(one_->cache, page_key(), "page"));
  ASSERT_TRUE(fill(one_->cache, image_key(), "image"));
  const CacheFill lease = one_->cache.begin_fill(page_key(2), soon());
  ASSERT_NE(lease.lease, "");
  for (const Reply& key : ask(*one_, {"KEYS", "*"}).elements) {
    EXPECT_GT(ask(*one_, {"PTTL", key.text}).integer, 0) << key.text;
  }
}

TEST_F(RedisCacheTest, SetIsKeptNoLongerThanItsLongestMember) {
  ASSERT_TRUE(fill(one_->cache, page_key(1, 10min), "page"));
  ASSERT_TRUE(fill(one_->cache, page_key(2, 1min), "page"));
  const auto left = ask(*one_, {"PTTL", "tag:{user:ann}"}).integer;
  EXPECT_GT(left, 9 * 60'000);
  EXPECT_LE(left, 11 * 60'000);
}

TEST_F(RedisCacheTest, DeadMembersArePruned) {
  for (int page = 0; page < 20; ++page) {
    ASSERT_FALSE(ask(*one_, {"ZADD", "tag:{user:ann}", "1", page_key(page).text}).is_error());
  }
  ASSERT_TRUE(fill(one_->cache, page_key(100), "page"));
  EXPECT_EQ(ask(*one_, {"ZCARD", "tag:{user:ann}"}).integer, 1);
}

TEST_F(RedisCacheTest, WhatWasInvalidatedIsRemovedSoon) {
  for (int page = 0; page < 1000; ++page) ASSERT_TRUE(fill(one_->cache, page_key(page), "page"));
  ASSERT_TRUE(invalidate(one_->cache, {"user:ann"}));
  EXPECT_TRUE(eventually([&] { return ask(*one_, {"DBSIZE"}).integer == 0; }));
  EXPECT_GE(one_->cache.counts().removed, 1000U);
}

TEST_F(RedisCacheTest, WithoutRedisEveryCallReturnsSoonAndNothingIsKept) {
  ASSERT_TRUE(fill(one_->cache, image_key(), "image"));
  server_.kill_9();
  ASSERT_TRUE(eventually([&] { return read(one_->cache, image_key()).empty(); }));
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(read(one_->cache, image_key()), "");
    EXPECT_FALSE(try_fill(one_->cache, image_key(), "image"));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 2s);
}

TEST_F(RedisCacheTest, WhatRedisCouldNotBeToldIsToldBeforeAnythingIsRead) {
  const auto other = replica();
  ASSERT_TRUE(fill(one_->cache, page_key(), "old"));
  ASSERT_TRUE(fill(one_->cache, image_key(), "old"));
  server_.hang();
  EXPECT_FALSE(invalidate(one_->cache, {"user:ann", "image:1"}));
  EXPECT_EQ(one_->cache.counts().waiting, 2U);
  server_.resume();
  EXPECT_TRUE(eventually([&] {
    EXPECT_NE(read(one_->cache, page_key()), "old");
    EXPECT_NE(read(one_->cache, image_key()), "old");
    return one_->cache.counts().waiting == 0;
  }));
  EXPECT_EQ(read(other->cache, page_key()), "");
  EXPECT_EQ(read(other->cache, image_key()), "");
  EXPECT_TRUE(fill(one_->cache, page_key(), "new"));
  EXPECT_EQ(read(one_->cache, page_key()), "new");
}

TEST_F(RedisCacheTest, MoreThanCanBeRememberedInvalidatesEverything) {
  ASSERT_TRUE(fill(one_->cache, image_key(), "image"));
  ASSERT_TRUE(fill(one_->cache, page_key(), "page"));
  ASSERT_EQ(ask(*one_, {"SET", "somebody:else", "stays"}).text, "OK");
  server_.hang();
  for (int batch = 0; batch < 11; ++batch) {
    std::vector<std::string> tags;
    for (int i = 0; i < 1000; ++i) tags.push_back("user:" + std::to_string(batch * 1000 + i));
    EXPECT_FALSE(one_->cache.invalidate(tags, {}, soon()));
  }
  EXPECT_TRUE(eventually([&] { return one_->cache.counts().waiting == 1; })) << "everything";
  server_.resume();
  EXPECT_TRUE(eventually([&] { return one_->cache.counts().waiting == 0; }));
  EXPECT_EQ(read(one_->cache, image_key()), "");
  EXPECT_EQ(read(one_->cache, page_key()), "");
  EXPECT_EQ(ask(*one_, {"GET", "somebody:else"}).text, "stays");
}

}  // namespace
}  // namespace tintype::testing_support
