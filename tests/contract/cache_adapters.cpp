// Each test has a redis-server of its own, for those that need one.
#include "adapters/cache_redis/redis_cache.h"
#include "adapters/cache_tiered/tiered_cache.h"
#include "service/cache_keys.h"
#include "tests/contract/cache_contract.h"
#include "tests/support/redis_process.h"
#include "tests/support/temp_directory.h"

namespace tintype::testing_support {
namespace {

using redis::Command;
using redis::Reply;

// Two processes on one data directory.
class MemoryUnderTest final : public CacheUnderTest {
 public:
  Cache& cache() override { return cache_; }
  Cache& replica() override { return replica_; }

 private:
  static std::unique_ptr<TagGenerations> open(const TempDirectory& directory) {
    return TagGenerations::shared(directory.path() / "generations").value();
  }
  static constexpr std::size_t kCapacity = 64U << 20U;
  const TempDirectory directory_;
  const std::unique_ptr<TagGenerations> generations_ = open(directory_);
  const std::unique_ptr<TagGenerations> other_generations_ = open(directory_);
  MemoryCache cache_{kCapacity, *generations_};
  MemoryCache replica_{kCapacity, *other_generations_};
};

constexpr const char* kChannel = "test:invalid";

// What a process has of Redis.
struct RedisParts {
  RedisParts(const RedisProcess& server, RedisCache::Strategy strategy, const Logger& log)
      : client({.url = redis::parse_redis_url(server.url()).value(),
                .connect_timeout = std::chrono::seconds(5),
                .stalled_after = std::chrono::seconds(5)},
               log),
        cache(client,
              {.strategy = strategy,
               .pattern_of_tag = pattern_of_tag,
               .all_patterns = all_cache_patterns(),
               .channel = kChannel},
              log) {}
  redis::RedisClient client;
  RedisCache cache;
};

class RedisUnderTest : public CacheUnderTest {
 public:
  explicit RedisUnderTest(RedisCache::Strategy strategy)
      : own_(std::make_unique<RedisProcess>()), one_(*own_, strategy, log_), other_(*own_, strategy, log_) {}
  Cache& cache() override { return one_.cache; }
  Cache& replica() override { return other_.cache; }

 protected:
  RedisUnderTest(const RedisProcess& server, RedisCache::Strategy strategy)
      : one_(server, strategy, log_), other_(server, strategy, log_) {}
  Reply call(Command command) {
    auto replies = one_.client.call({std::move(command)}, Deadline::after(std::chrono::seconds(10)));
    return replies ? std::move(replies->front()) : Reply{.type = Reply::Type::Error};
  }

 private:
  const Logger log_{LogLevel::Error, -1};
  const std::unique_ptr<RedisProcess> own_;  // null if it is somebody else's
  RedisParts one_;
  RedisParts other_;
};

// A cluster of one server, which refuses every command, and every script, whose keys are not in one slot. It takes two
// seconds to come up, so that one serves all tests.
class ClusterUnderTest final : public RedisUnderTest {
 public:
  ClusterUnderTest() : RedisUnderTest(server(), RedisCache::Strategy::Tags) {
    (void)call({"CLUSTER", "ADDSLOTSRANGE", "0", "16383"});  // an error from the second time on
    while (call({"CLUSTER", "INFO"}).text.find("cluster_state:ok") == std::string::npos) std::this_thread::yield();
    if (call({"FLUSHALL"}).is_error()) std::abort();
  }

 private:
  static const RedisProcess& server() {
    static const RedisProcess process({.cluster = true});
    return process;
  }
};

// Memory in front of Redis.
struct Tiers {
  Tiers(const RedisProcess& server, const Logger& log)
      : redis(server, RedisCache::Strategy::Tags, log),
        cache(
            memory, generations, redis.cache, [this] { return redis.cache.is_well(); },
            {.url = redis::parse_redis_url(server.url()).value(),
             .channel = kChannel,
             .lost_after = std::chrono::seconds(10)},
            log) {
    while (!cache.is_listening()) std::this_thread::yield();
  }
  TagGenerations generations;
  MemoryCache memory{64U << 20U, generations};
  RedisParts redis;
  TieredCache cache;
};

class TiersUnderTest final : public CacheUnderTest {
 public:
  Cache& cache() override { return one_.cache; }
  Cache& replica() override { return other_.cache; }

 private:
  const Logger log_{LogLevel::Error, -1};
  RedisProcess server_;
  Tiers one_{server_, log_};
  Tiers other_{server_, log_};
};

template <typename UnderTest, typename... Arguments>
CacheAdapter adapter(const char* name, Arguments... arguments) {
  return {name, [arguments...] { return std::make_unique<UnderTest>(arguments...); }};
}

INSTANTIATE_TEST_SUITE_P(Adapters, CacheContract,
                         testing::Values(adapter<MemoryUnderTest>("memory"),
                                         adapter<RedisUnderTest>("redis_tags", RedisCache::Strategy::Tags),
                                         adapter<RedisUnderTest>("redis_scan", RedisCache::Strategy::Scan),
                                         adapter<ClusterUnderTest>("redis_cluster"), adapter<TiersUnderTest>("tiered")),
                         cache_adapter_name);

}  // namespace
}  // namespace tintype::testing_support
