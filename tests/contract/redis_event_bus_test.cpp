// The contract on Redis, and what the adapter does without it. Each test has a redis-server of its own.
#include "adapters/event_bus_redis/redis_event_bus.h"

#include <atomic>

#include "tests/contract/event_bus_contract.h"
#include "tests/contract/redis_client_fixture.h"
#include "tests/support/record_maker.h"

namespace tintype::redis {
namespace {

using testing_support::adapter_name;
using testing_support::EventBusAdapter;
using testing_support::EventBusContract;
using testing_support::EventBusUnderTest;
using testing_support::RecordMaker;

// What a process has of Redis.
struct Process {
  Process(const RedisProcess& server, const Logger& log)
      : client(patient(server.url()), log),
        bus(client, {.url = url_of(server.url()), .channel = "test:events", .connect_timeout = std::chrono::seconds(5)},
            log) {}
  RedisClient client;
  RedisEventBus bus;
};

class RedisUnderTest final : public EventBusUnderTest {
 public:
  EventBus& bus() override { return one_.bus; }
  EventBus* replica() override { return &other_.bus; }

 private:
  const Logger log_{LogLevel::Error, -1};
  const RedisProcess server_;
  Process one_{server_, log_};
  Process other_{server_, log_};
};

INSTANTIATE_TEST_SUITE_P(Adapters, EventBusContract,
                         testing::Values(EventBusAdapter{"redis", [] { return std::make_unique<RedisUnderTest>(); }}),
                         adapter_name);

class RedisEventBusTest : public testing::Test {
 protected:
  RedisProcess server_;
  LogFile log_;
  Process process_{server_, log_.log()};
  RecordMaker maker_;
};

TEST_F(RedisEventBusTest, ProcessHearsItselfOnceAndAtOnce) {
  std::atomic<int> heard = 0;
  process_.bus.listen([&](const UserId&, const ImageId&) { ++heard; });
  ASSERT_TRUE(eventually([&] { return process_.bus.is_listening(); }));
  Process other(server_, log_.log());
  ASSERT_TRUE(eventually([&] { return other.bus.is_listening(); }));
  std::atomic<int> others = 0;
  other.bus.listen([&](const UserId&, const ImageId&) { ++others; });
  process_.bus.publish(maker_.owner(), maker_.next_id());
  EXPECT_EQ(heard, 1);
  EXPECT_TRUE(eventually([&] { return others == 1; }));
  other.bus.publish(maker_.owner(), maker_.next_id());  // behind our own on the channel
  EXPECT_TRUE(eventually([&] { return heard == 2; }));
  other.bus.listen(nullptr);
  process_.bus.listen(nullptr);
}

TEST_F(RedisEventBusTest, WithoutRedisItIsLocalAndDoesNotWait) {
  ASSERT_TRUE(eventually([&] { return process_.bus.is_listening(); }));
  server_.hang();
  std::atomic<int> heard = 0;
  process_.bus.listen([&](const UserId&, const ImageId&) { ++heard; });
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < 100; ++i) process_.bus.publish(maker_.owner(), maker_.next_id());
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(2))
      << "a hundred answers are not waited for";
  EXPECT_EQ(heard, 100);
  process_.bus.listen(nullptr);
  server_.resume();
}

TEST_F(RedisEventBusTest, LossAndReturnOfRedisAreGaps) {
  std::atomic<int> gaps = 0;
  process_.bus.listen_to_gaps([&] { ++gaps; });
  ASSERT_TRUE(eventually([&] { return process_.bus.is_listening(); }));
  const int before = gaps;
  server_.kill_9();
  EXPECT_TRUE(eventually([&] { return gaps == before + 1; }));
  server_.start();
  EXPECT_TRUE(eventually([&] { return gaps == before + 2 && process_.bus.is_listening(); }));
  process_.bus.listen_to_gaps(nullptr);
}

TEST_F(RedisEventBusTest, WhatIsNoMessageIsIgnored) {
  std::atomic<int> heard = 0;
  process_.bus.listen([&](const UserId&, const ImageId&) { ++heard; });
  ASSERT_TRUE(eventually([&] { return process_.bus.is_listening(); }));
  const std::string good = "0123456789abcdef " + maker_.next_id().text() + " ann";
  for (const std::string& text : {std::string(), std::string("*"), good.substr(1), good + '\n', good})
    EXPECT_EQ(ask(process_.client, {"PUBLISH", "test:events", text}).integer, 1);
  EXPECT_TRUE(eventually([&] { return heard == 1; })) << "the good one, which came last";
  process_.bus.listen(nullptr);
}

}  // namespace
}  // namespace tintype::redis
