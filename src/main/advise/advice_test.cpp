#include "main/advise/advice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tintype {
namespace {

using testing::HasSubstr;

ServerNumbers quiet_server() {
  ServerNumbers numbers;
  numbers.thumbnails = "auto";
  numbers.has_workers = true;
  numbers.workers_provisioned = "0";
  numbers.cache = "memory";
  numbers.cache_invalidation = "tags";
  return numbers;
}

Advice about(const std::string& optimization, const ServerNumbers& numbers) {
  for (const Advice& advice : advise(numbers)) {
    if (advice.optimization == optimization) return advice;
  }
  ADD_FAILURE() << "no advice about " << optimization;
  return {};
}

TEST(Advice, QuietServerHasNothingToChange) {
  for (const Advice& advice : advise(quiet_server())) EXPECT_EQ(advice.change, "") << advice.optimization;
  EXPECT_THAT(advice_table(advise(quiet_server())), HasSubstr("\nNothing to change"));
}

TEST(Advice, SlowUploadsWithInlineThumbnailsWantAsync) {
  auto numbers = quiet_server();
  numbers.thumbnails = "inline";
  numbers.upload_p95 = 1.0;
  EXPECT_EQ(about("async thumbnails", numbers).change, "") << "above a second, not at it";
  numbers.upload_p95 = 1.2;
  EXPECT_EQ(about("async thumbnails", numbers).change, "thumbnails=auto");
  EXPECT_EQ(about("async thumbnails", numbers).measured, "1.200 s");
  numbers.thumbnails = "async";
  EXPECT_EQ(about("async thumbnails", numbers).change, "");
}

TEST(Advice, ManyColdStartsWantMoreProvisionedWorkers) {
  auto numbers = quiet_server();
  numbers.cold_upload_ratio = 0.05;
  EXPECT_EQ(about("provisioned workers", numbers).change, "");
  numbers.cold_upload_ratio = 0.06;
  EXPECT_THAT(about("provisioned workers", numbers).change, HasSubstr("workers-provisioned=auto"));
  numbers.workers_provisioned = "auto";
  EXPECT_THAT(about("provisioned workers", numbers).change, HasSubstr("workers-max"));
}

TEST(Advice, ManyKeysInRedisWithScanWantTags) {
  auto numbers = quiet_server();
  numbers.cache = "redis";
  numbers.cache_invalidation = "scan";
  numbers.redis_keys = 10'000;
  EXPECT_EQ(about("tag sets", numbers).change, "");
  numbers.redis_keys = 10'001;
  EXPECT_THAT(about("tag sets", numbers).change, HasSubstr("cache-invalidation=tags"));
  numbers.cache_invalidation = "tags";
  EXPECT_EQ(about("tag sets", numbers).change, "");
  EXPECT_TRUE(about("tag sets", numbers).triggered);
}

TEST(Advice, MemoryHasTagsHoweverManyItsKeys) {
  auto numbers = quiet_server();
  numbers.memory_entries = 20'000;
  EXPECT_TRUE(about("tag sets", numbers).on);
  EXPECT_EQ(about("tag sets", numbers).measured, "20000 keys");
}

TEST(ServerNumbers, TextThatIsNoneIsAnErrorWithItsReason) {
  for (const char* text : {"", "{}", "[]", R"({"now":{},"setup":{}})"}) {
    const auto numbers = server_numbers_from_json(text);
    ASSERT_FALSE(numbers) << text;
    EXPECT_NE(numbers.error().detail, "");
  }
}

TEST(ServerNumbers, ListenerIsReachedOnItsOwnMachine) {
  EXPECT_EQ(*url_of_listener("127.0.0.1:8080"), "http://127.0.0.1:8080");
  EXPECT_EQ(*url_of_listener("0.0.0.0:80"), "http://127.0.0.1:80");
  EXPECT_EQ(*url_of_listener("[::]:80"), "http://[::1]:80");
  EXPECT_FALSE(url_of_listener("127.0.0.1:0"));
}

}  // namespace
}  // namespace tintype
