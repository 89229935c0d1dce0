#include "adapters/cache_redis/backlog.h"

#include <gtest/gtest.h>

#include <future>

#include "adapters/redis/invalidation_message.h"

namespace tintype {
namespace {

using namespace std::chrono_literals;

using Tags = std::vector<std::string>;

TEST(Backlog, HasWhatWasAddedUntilItIsTold) {
  Backlog backlog;
  EXPECT_TRUE(backlog.empty());
  backlog.add(Tags{"a", "b"});
  EXPECT_FALSE(backlog.empty());
  const auto batch = backlog.take();
  EXPECT_EQ(batch.tags, (std::set<std::string>{"a", "b"}));
  EXPECT_FALSE(backlog.empty()) << "not yet told";
  EXPECT_EQ(backlog.size(), 2U);
  backlog.told(batch);
  EXPECT_TRUE(backlog.empty());
}

// Redis was told of it before it was added again.
TEST(Backlog, TagThatIsAddedAgainMeanwhileIsToldAgain) {
  Backlog backlog;
  backlog.add(Tags{"a"});
  const auto first = backlog.take();
  const auto again = backlog.add(Tags{"a"});
  backlog.told(first);
  EXPECT_FALSE(backlog.empty());
  EXPECT_FALSE(backlog.wait_until_told(again, 1ms, Deadline::after(1s)));
  backlog.told(backlog.take());
  EXPECT_TRUE(backlog.empty());
  EXPECT_TRUE(backlog.wait_until_told(again, 1h, Deadline::after(1s)));
}

TEST(Backlog, WhatCouldNotBeToldIsKept) {
  Backlog backlog;
  backlog.add(Tags{"a"});
  const auto batch = backlog.take();
  backlog.add(Tags{"b"});
  backlog.not_told(batch);
  EXPECT_EQ(backlog.take().tags, (std::set<std::string>{"a", "b"}));
}

TEST(Backlog, WaitEndsWhenItIsTold) {
  Backlog backlog;
  const auto entry = backlog.add(Tags{"a"});
  auto waiting =
      std::async(std::launch::async, [&] { return backlog.wait_until_told(entry, 1h, Deadline::after(10s)); });
  backlog.told(backlog.take());
  EXPECT_TRUE(waiting.get());
}

TEST(Backlog, NobodyWaitsLongerThanThereHasBeenABacklog) {
  Backlog backlog;
  const auto first = backlog.add(Tags{"a"});
  EXPECT_FALSE(backlog.wait_until_told(first, 20ms, Deadline::after(10s)));
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_FALSE(backlog.wait_until_told(backlog.add(Tags{"b"}), 20ms, Deadline::after(10s)));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 15ms) << "it has lasted long enough";
}

TEST(Backlog, TooManyTagsAreEverything) {
  Backlog backlog;
  Tags tags;
  for (std::size_t i = 0; i <= Backlog::kMostTags; ++i) tags.push_back(std::to_string(i));
  backlog.add(tags);
  backlog.add(Tags{"one more"});
  EXPECT_EQ(backlog.take().tags, (std::set<std::string>{std::string(redis::kEverything)}));
}

}  // namespace
}  // namespace tintype
