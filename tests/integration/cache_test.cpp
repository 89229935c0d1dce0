// The cache in a server of its own and in two on one data directory, as clients and operators see it.
#include <gmock/gmock.h>

#include "tests/integration/shared_server.h"

namespace tintype {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;

class MemoryCacheInServer : public SharedServer<MemoryCacheInServer> {
 public:
  static std::vector<std::string> flags() { return {"--cache", "memory", "--cache-check", "1"}; }

 protected:
  double hits() { return metric_value(api_, R"(tintype_cache_lookups_total{cache="memory",outcome="hit"})"); }
  double misses() { return metric_value(api_, R"(tintype_cache_lookups_total{cache="memory",outcome="miss"})"); }
  double store_reads(const std::string& operation) {
    return std::max(0.0, metric_value(api_, R"(tintype_store_duration_seconds_count{operation=")" + operation +
                                                R"(",outcome="ok",store="metadata"})"));
  }
};

TEST_F(MemoryCacheInServer, SecondGetIsAHitAndAsksNoStore) {
  const std::string id = upload(api_);
  const HttpAnswer first = api_.get("/images/" + id);
  const double hits_before = hits();
  const HttpAnswer second = api_.get("/images/" + id);
  EXPECT_EQ(hits(), hits_before + 1);
  EXPECT_EQ(second.status, 200);
  EXPECT_EQ(second.body, first.body);
  EXPECT_EQ(second.headers.at("etag"), first.headers.at("etag"));
  EXPECT_EQ(second.headers.at("cache-control"), first.headers.at("cache-control"));
  EXPECT_EQ(second.headers.at("content-type"), first.headers.at("content-type"));
}

TEST_F(MemoryCacheInServer, LevelThatIsNotThereHasNoCounters) {
  EXPECT_EQ(metric_value(api_, R"(tintype_cache_lookups_total{cache="redis",outcome="hit"})"), -1);
}

TEST_F(MemoryCacheInServer, HitIsRevalidatedWith304) {
  const std::string id = upload(api_);
  const HttpAnswer first = api_.get("/images/" + id);
  const double hits_before = hits();
  const HttpAnswer second = api_.get("/images/" + id, {"If-None-Match: " + first.headers.at("etag")});
  EXPECT_EQ(second.status, 304);
  EXPECT_EQ(second.body, "");
  EXPECT_EQ(hits(), hits_before + 1);
}

TEST_F(MemoryCacheInServer, EveryWriteIsSeenByTheNextRead) {
  const std::string id = upload(api_);
  for (int version = 1; version <= 50; ++version) {
    ASSERT_EQ(json_text(api_.get("/images/" + id).body, "version"), std::to_string(version));
    ASSERT_EQ(json_text(api_.get("/images?limit=1").body, "images.0.version"), std::to_string(version));
    ASSERT_EQ(api_.patch("/images/" + id, R"({"title":"t","version":)" + std::to_string(version) + "}").status, 200);
  }
  ASSERT_EQ(api_.remove("/images/" + id).status, 204);
  EXPECT_EQ(api_.get("/images/" + id).status, 404);
  EXPECT_NE(json_text(api_.get("/images?limit=1").body, "images.0.imageId"), id);
}

TEST_F(MemoryCacheInServer, UploadIsInTheNextList) {
  for (int i = 0; i < 5; ++i) {
    api_.get("/images?limit=1");
    const std::string id = upload(api_);
    EXPECT_EQ(json_text(api_.get("/images?limit=1").body, "images.0.imageId"), id);
  }
}

TEST_F(MemoryCacheInServer, ListsOfOneUserSurviveTheWritesOfAnother) {
  const ApiClient bob = client("bob");
  upload(bob);
  bob.get("/images?limit=3");
  upload(api_);
  const double hits_before = hits();
  bob.get("/images?limit=3");
  EXPECT_EQ(hits(), hits_before + 1);
}

TEST_F(MemoryCacheInServer, HitIsForItsOwnerOnly) {
  const std::string id = upload(api_);
  ASSERT_EQ(api_.get("/images/" + id).status, 200);
  EXPECT_EQ(client("bob").get("/images/" + id).status, 403);
}

TEST_F(MemoryCacheInServer, AnswersAreComparedWithTheStoreAndNoneIsStale) {
  const std::string id = upload(api_);
  api_.get("/images/" + id);
  const double before = metric_value(api_, "tintype_stale_checks_total");
  api_.get("/images/" + id);
  const Deadline deadline = Deadline::after(10s);
  while (metric_value(api_, "tintype_stale_checks_total") <= before && !deadline.expired())
    std::this_thread::sleep_for(10ms);
  EXPECT_GT(metric_value(api_, "tintype_stale_checks_total"), before);
  EXPECT_EQ(metric_value(api_, "tintype_stale_served_total"), 0);
}

class OneDirectoryTwoServers : public testing::Test {
 protected:
  std::unique_ptr<ServerProcess> start() {
    return std::make_unique<ServerProcess>(ServerProcess::Options{
        .data_dir = directory_.path(), .flags = {"--cache", "memory", "--public-url", "http://images.example"}});
  }
  TempDirectory directory_;
};

TEST_F(OneDirectoryTwoServers, WhatIsWrittenThroughOneIsSeenThroughTheOtherAtOnce) {
  const auto first = start();
  const auto second = start();
  const ApiClient one(first->url(), ServerProcess::token("ann"));
  const ApiClient other(second->url(), ServerProcess::token("ann"));
  const std::string id = json_text(one.upload(as_file(make_jpeg({.width = 120, .height = 90}))).body, "imageId");
  for (int version = 1; version <= 50; ++version) {
    ASSERT_EQ(json_text(other.get("/images/" + id).body, "version"), std::to_string(version));
    ASSERT_EQ(json_text(other.get("/images?limit=1").body, "images.0.version"), std::to_string(version));
    ASSERT_EQ(one.patch("/images/" + id, R"({"title":"t","version":)" + std::to_string(version) + "}").status, 200);
  }
  EXPECT_GE(metric_value(other, R"(tintype_cache_lookups_total{cache="memory",outcome="miss"})"), 100);
  ASSERT_EQ(one.remove("/images/" + id).status, 204);
  EXPECT_EQ(other.get("/images/" + id).status, 404);
  EXPECT_EQ(first->stop(), 0);
  EXPECT_EQ(second->stop(), 0);
}

TEST(CacheNone, EveryGetIsAnsweredByTheStore) {
  const TempDirectory directory;
  ServerProcess server({.data_dir = directory.path() / "data", .flags = {"--cache", "none"}});
  const ApiClient api(server.url(), ServerProcess::token("ann"));
  const std::string id = json_text(api.upload(as_file(make_jpeg({.width = 120, .height = 90}))).body, "imageId");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(api.get("/images/" + id).status, 200);
  EXPECT_EQ(
      metric_value(api, R"(tintype_store_duration_seconds_count{operation="find",outcome="ok",store="metadata"})"), 3);
  EXPECT_EQ(server.stop(), 0);
}

TEST(CacheRedis, WithoutAUrlTheServerSaysWhatItLacks) {
  const TempDirectory directory;
  ChildProcess process(
      {program(), "serve", "--listen", "127.0.0.1:0", "--data-dir", directory.path().string(), "--cache", "redis"}, {});
  const auto ended = process.wait(20s);
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->code, 1);
  process.wait_for_end_of_output();
  EXPECT_THAT(process.standard_error(), testing::HasSubstr("TINTYPE_REDIS_URL"));
}

TEST(CacheRedis, UrlThatIsNoneIsRefusedAndNotRepeated) {
  const TempDirectory directory;
  ChildProcess process({program(), "serve", "--listen", "127.0.0.1:0", "--data-dir", directory.path().string()},
                       {{"TINTYPE_REDIS_URL", "http://:secret@127.0.0.1"}});
  const auto ended = process.wait(20s);
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->code, 1);
  process.wait_for_end_of_output();
  EXPECT_THAT(process.standard_error(), testing::HasSubstr("redis-url"));
  EXPECT_THAT(process.standard_error(), testing::Not(testing::HasSubstr("secret")));
}

}  // namespace
}  // namespace tintype
