#pragma once

#include <gmock/gmock.h>

#include "tests/integration/shared_server.h"
#include "tests/support/process_tree.h"
#include "tests/support/redis_process.h"

namespace tintype::testing_support {

// Servers on one data directory and one Redis, which are replicas of one service.
class CacheFixture : public testing::Test {
 protected:
  // `redis_url`: another way to the same Redis, if not empty.
  std::unique_ptr<ServerProcess> start(std::vector<std::string> more = {}, const std::string& redis_url = {}) {
    std::vector<std::string> flags = {"--cache",       "redis",
                                      "--redis-url",   redis_url.empty() ? redis_.url() : redis_url,
                                      "--public-url",  "http://images.example",
                                      "--cache-check", "1"};
    flags.insert(flags.end(), more.begin(), more.end());
    return std::make_unique<ServerProcess>(
        ServerProcess::Options{.data_dir = directory_.path() / "data", .flags = std::move(flags)});
  }
  static ApiClient client_of(const ServerProcess& server) { return {server.url(), ServerProcess::token("ann")}; }

  static std::vector<std::string> upload(const ApiClient& api, int count) {
    std::vector<std::string> ids;
    for (int i = 0; i < count; ++i) {
      const auto answer = api.upload(as_file(make_jpeg({.width = 120, .height = 90})));
      EXPECT_EQ(answer.status, 201) << answer.body;
      ids.push_back(json_text(answer.body, "imageId"));
    }
    return ids;
  }

  static double lookups(const ApiClient& api, const std::string& level, const std::string& outcome) {
    return metric_value(api, R"(tintype_cache_lookups_total{cache=")" + level + R"(",outcome=")" + outcome + R"("})");
  }
  // Of the lookups in Redis and in memory, those in the next `time` that were hits.
  static double hit_rate_of_the_next(const ApiClient& api, std::chrono::milliseconds time) {
    const auto hits = [&] { return lookups(api, "redis", "hit") + lookups(api, "memory", "hit"); };
    const auto misses = [&] { return lookups(api, "redis", "miss"); };
    const double hits_before = hits();
    const double misses_before = misses();
    std::this_thread::sleep_for(time);
    const double found = hits() - hits_before;
    const double sought = found + misses() - misses_before;
    return sought == 0 ? 0 : found / sought;
  }

  TempDirectory directory_;
  RedisProcess redis_;
};

}  // namespace tintype::testing_support
