// RedisClient on the server that REDIS_TEST_URL names.
#include <atomic>
#include <cstdlib>
#include <latch>
#include <numeric>
#include <thread>

#include "base/random.h"
#include "tests/contract/redis_client_fixture.h"

namespace tintype::redis {
namespace {

class RedisClientTest : public testing::Test {
 protected:
  static std::string url() {
    const char* const url = std::getenv("REDIS_TEST_URL");
    if (url == nullptr) {
      std::fprintf(stderr, "REDIS_TEST_URL names no server: run this by tests/engines/with redis\n");
      std::exit(1);
    }
    return url;
  }
  static std::string new_key() { return "tintype-test-" + random_hex(8); }

  LogFile log_;
  RedisClient client_{patient(url()), log_.log()};
};

TEST_F(RedisClientTest, NothingIsOpenedBeforeTheFirstCommand) {
  EXPECT_EQ(client_.state(), State::Idle);
  EXPECT_EQ(text_of(client_, {"PING"}), "PONG");
  EXPECT_EQ(client_.state(), State::Ready);
  EXPECT_TRUE(eventually([this] { return client_.counts().connections_opened == 2; }));
}

TEST_F(RedisClientTest, ValuesOfAnyBytesComeBack) {
  std::string bytes(256, '\0');
  std::iota(bytes.begin(), bytes.end(), '\0');
  const std::string key = new_key() + std::string("\0\r\n", 3);
  EXPECT_EQ(text_of(client_, {"SET", key, bytes, "PX", "60000"}), "OK");
  EXPECT_EQ(text_of(client_, {"GET", key}), bytes);
}

TEST_F(RedisClientTest, ValueOfMegabytesComesBack) {
  const std::string key = new_key();
  const std::string value = random_hex(4 << 20);
  EXPECT_EQ(text_of(client_, {"SET", key, value, "PX", "60000"}), "OK");
  EXPECT_EQ(text_of(client_, {"GET", key}), value);
}

TEST_F(RedisClientTest, PipelineIsAnsweredInOrderAndAnErrorIsOneOfItsReplies) {
  const std::string key = new_key();
  const auto replies =
      client_.call({{"SET", key, "7"}, {"INCR", key}, {"LPOP", key}, {"GET", key + "?"}, {"MGET", key, key}}, soon());
  ASSERT_TRUE(replies) << to_string(replies.error());
  ASSERT_EQ(replies->size(), 5U);
  EXPECT_EQ((*replies)[1].integer, 8);
  EXPECT_TRUE((*replies)[2].is_error());
  EXPECT_THAT((*replies)[2].text, testing::StartsWith("WRONGTYPE"));
  EXPECT_EQ((*replies)[3].type, Reply::Type::Nil);
  ASSERT_EQ((*replies)[4].elements.size(), 2U);
  EXPECT_EQ((*replies)[4].elements[1].text, "8");
}

TEST_F(RedisClientTest, TenThousandCommandsFromEightThreadsEachGetTheirReply) {
  constexpr int kThreads = 8;
  constexpr int kEach = 1250;
  std::latch answered(static_cast<std::ptrdiff_t>(kThreads) * kEach);
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kEach; ++i) {
        const std::string text = std::to_string(thread) + '/' + std::to_string(i);
        client_.start({{"ECHO", text}}, soon(), [&, text](Replies replies) {
          if (replies && replies->front().text == text) ++right;
          answered.count_down();
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  answered.wait();
  EXPECT_EQ(right, kThreads * kEach);
  EXPECT_EQ(client_.counts().commands, static_cast<std::uint64_t>(kThreads * kEach));
  EXPECT_EQ(client_.counts().in_flight, 0U);
  EXPECT_LE(client_.counts().connections_opened, 2U);
}

TEST_F(RedisClientTest, DoneMayStartMore) {
  std::latch answered(1);
  std::string text;
  client_.start({{"ECHO", "first"}}, soon(), [&](const Replies& first) {
    ASSERT_TRUE(first);
    client_.start({{"ECHO", first->front().text + ", second"}}, soon(), [&](const Replies& second) {
      if (second) text = second->front().text;
      answered.count_down();
    });
  });
  answered.wait();
  EXPECT_EQ(text, "first, second");
}

TEST_F(RedisClientTest, ExpiredDeadlineIsAnsweredBeforeStartReturns) {
  bool answered = false;
  client_.start({{"PING"}}, Deadline::after(milliseconds(-1)), [&](const Replies& replies) {
    answered = true;
    EXPECT_EQ(replies.error().code, ErrorCode::DeadlineExceeded);
  });
  EXPECT_TRUE(answered);
  EXPECT_EQ(client_.counts().timeouts, 1U);
  EXPECT_EQ(client_.state(), State::Idle);
}

TEST_F(RedisClientTest, NoCommandsHaveNoReplies) {
  const auto replies = client_.call({}, soon());
  ASSERT_TRUE(replies);
  EXPECT_TRUE(replies->empty());
}

}  // namespace
}  // namespace tintype::redis
