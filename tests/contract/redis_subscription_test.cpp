#include "adapters/redis/redis_subscription.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <atomic>
#include <mutex>
#include <semaphore>
#include <thread>

#include "tests/contract/redis_client_fixture.h"
#include "tests/support/sanitizers.h"

namespace tintype::redis {
namespace {

// Keeps what it is told, "gap" for a gap.
class Heard final : public RedisSubscription::Listener {
 public:
  void message(std::string_view payload) override { add(std::string(payload)); }
  void gap() override { add("gap"); }
  std::vector<std::string> all() const {
    const std::lock_guard lock(mutex_);
    return all_;
  }
  std::size_t count() const { return all().size(); }

 private:
  void add(std::string what) {
    const std::lock_guard lock(mutex_);
    all_.push_back(std::move(what));
  }
  mutable std::mutex mutex_;
  std::vector<std::string> all_;  // guarded by mutex_
};

RedisSubscription::Options events(const std::string& url) {
  return {.url = url_of(url), .channel = "events", .connect_timeout = std::chrono::seconds(5)};
}

class RedisSubscriptionTest : public testing::Test {
 protected:
  void publish(const std::string& text) {
    if (!publisher_) publisher_.emplace(patient(server_.url()), log_.log());
    EXPECT_EQ(ask(*publisher_, {"PUBLISH", "events", text}).integer, 1);
  }

  RedisProcess server_;
  LogFile log_;
  std::optional<RedisClient> publisher_;
};

TEST_F(RedisSubscriptionTest, MessagesComeInOrderAfterOneGap) {
  Heard heard;
  const RedisSubscription subscription(events(server_.url()), heard, log_.log());
  ASSERT_TRUE(eventually([&] { return subscription.connected(); }));
  EXPECT_EQ(heard.all(), std::vector<std::string>{"gap"});
  std::vector<std::string> expected = {"gap"};
  for (int i = 0; i < 500; ++i) {
    expected.push_back(std::to_string(i) + std::string("\0\r\n", 3));
    publish(expected.back());
  }
  EXPECT_TRUE(eventually([&] { return heard.count() == expected.size(); }));
  EXPECT_EQ(heard.all(), expected);
  EXPECT_TRUE(eventually([&] { return subscription.is_current(); }));
}

TEST_F(RedisSubscriptionTest, LossAndReconnectAreEachAGap) {
  Heard heard;
  const RedisSubscription subscription(events(server_.url()), heard, log_.log());
  ASSERT_TRUE(eventually([&] { return subscription.connected(); }));
  server_.kill_9();
  ASSERT_TRUE(eventually([&] { return heard.count() == 2; }));
  EXPECT_FALSE(subscription.connected());
  EXPECT_FALSE(subscription.is_current());
  server_.start();
  ASSERT_TRUE(eventually([&] { return subscription.is_current(); }));
  EXPECT_EQ(heard.all(), (std::vector<std::string>{"gap", "gap", "gap"}));
}

TEST_F(RedisSubscriptionTest, IsNotCurrentWhileTheListenerIsBusy) {
  struct Slow final : RedisSubscription::Listener {
    void message(std::string_view /*payload*/) override {
      entered.release();
      leave.acquire();
    }
    void gap() override {}
    std::binary_semaphore entered{0};
    std::binary_semaphore leave{0};
  } slow;
  const RedisSubscription subscription(events(server_.url()), slow, log_.log());
  ASSERT_TRUE(eventually([&] { return subscription.is_current(); }));
  publish("x");
  slow.entered.acquire();
  EXPECT_FALSE(subscription.is_current());
  EXPECT_TRUE(subscription.connected());
  slow.leave.release();
  EXPECT_TRUE(eventually([&] { return subscription.is_current(); }));
}

TEST_F(RedisSubscriptionTest, HungServerIsLostAndFoundAgain) {
  Heard heard;
  auto options = events(server_.url());
  options.ping_every = milliseconds(100);
  options.lost_after = milliseconds(testing_support::kSanitized ? 2000 : 500);
  const RedisSubscription subscription(options, heard, log_.log());
  ASSERT_TRUE(eventually([&] { return subscription.is_current(); }));
  server_.hang();
  EXPECT_TRUE(eventually([&] { return !subscription.connected(); }));
  EXPECT_FALSE(subscription.is_current());
  server_.resume();
  EXPECT_TRUE(eventually([&] { return subscription.is_current(); }));
  EXPECT_EQ(heard.count(), 3U);
}

TEST_F(RedisSubscriptionTest, AnsweredPingsKeepASilentChannel) {
  Heard heard;
  auto options = events(server_.url());
  options.ping_every = milliseconds(20);
  options.lost_after = milliseconds(1000);
  const RedisSubscription subscription(options, heard, log_.log());
  ASSERT_TRUE(eventually([&] { return subscription.connected(); }));
  RedisClient client(patient(server_.url()), log_.log());
  const auto pings = [&] { return text_of(client, {"INFO", "commandstats"}).find("cmdstat_ping:calls=60"); };
  EXPECT_TRUE(eventually([&] { return pings() != std::string::npos; }));
  EXPECT_EQ(heard.count(), 1U);
}

TEST(RedisSubscriptionAccess, MessagesComeOverTls) {
  const RedisProcess server({.password = "pw", .tls = true});
  const LogFile log;
  Heard heard;
  auto options = events(server.url());
  options.ca_file = server.ca_file();
  const RedisSubscription subscription(options, heard, log.log());
  ASSERT_TRUE(eventually([&] { return subscription.is_current(); })) << log.text();
  auto publishing = patient(server.url());
  publishing.ca_file = server.ca_file();
  RedisClient publisher(publishing, log.log());
  const std::string large(100'000, 'x');
  EXPECT_EQ(ask(publisher, {"PUBLISH", "events", large}).integer, 1);
  EXPECT_EQ(ask(publisher, {"PUBLISH", "events", "small"}).integer, 1);
  EXPECT_TRUE(eventually([&] { return heard.count() == 3; }));
  EXPECT_EQ(heard.all(), (std::vector<std::string>{"gap", large, "small"}));
  EXPECT_TRUE(eventually([&] { return subscription.is_current(); }));
}

TEST(RedisSubscriptionAccess, WrongPasswordIsSaidOnce) {
  const RedisProcess server({.password = "pw"});
  const LogFile log;
  Heard heard;
  const RedisSubscription subscription(events("redis://:no@127.0.0.1:" + std::to_string(server.port())), heard,
                                       log.log());
  EXPECT_TRUE(eventually([&] { return log.text().find("refused user or password") != std::string::npos; }));
  EXPECT_FALSE(subscription.connected());
  EXPECT_EQ(heard.count(), 0U);
}

// Speaks for Redis over a Unix socket, where what has been sent has arrived.
class UnixServer {
 public:
  explicit UnixServer(const std::string& path) : listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (!listener_) std::abort();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) std::abort();
    if (::listen(listener_.get(), 1) != 0) std::abort();
  }
  void welcome() {
    connection_.reset(::accept(listener_.get(), nullptr, nullptr));
    read_until("PING");
    send("+OK\r\n+PONG\r\n");
    read_until("events");
    send("*3\r\n$9\r\nsubscribe\r\n$6\r\nevents\r\n:1\r\n");
  }
  void send(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t sent = ::send(connection_.get(), text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  void hang_up() { connection_.reset(); }

 private:
  void read_until(const std::string& end) const {
    std::string read;
    char byte = 0;
    while (read.find(end) == std::string::npos && ::recv(connection_.get(), &byte, 1, 0) == 1) read += byte;
  }
  UniqueFd listener_;
  UniqueFd connection_;
};

struct Counting final : RedisSubscription::Listener {
  void message(std::string_view /*payload*/) override { ++messages; }
  void gap() override { ++gaps; }
  std::atomic<int> messages = 0;
  std::atomic<int> gaps = 0;
};

// The promise itself, from several threads: what has arrived and is not handed over is never taken for current.
TEST(RedisSubscriptionPromise, CurrentMeansThatAllThatHasArrivedWasHandedOver) {
  const testing_support::TempDirectory directory;
  UnixServer server(directory.path() / "redis.sock");
  const LogFile log;
  Counting counting;
  const RedisSubscription subscription(events("unix://" + (directory.path() / "redis.sock").string()), counting,
                                       log.log());
  server.welcome();
  ASSERT_TRUE(eventually([&] { return subscription.is_current(); }));
  constexpr int kMessages = testing_support::kSanitized ? 5000 : 50'000;
  std::atomic<int> arrived = 0;
  std::atomic<int> current = 0;
  std::atomic<int> wrong = 0;
  const auto look = [&] {
    while (arrived < kMessages) {
      const int before = arrived;
      if (!subscription.is_current()) continue;
      ++current;
      if (counting.messages < before) ++wrong;
    }
  };
  std::thread first(look);
  std::thread second(look);
  for (int i = 0; i < kMessages; ++i) {
    server.send("*3\r\n$7\r\nmessage\r\n$6\r\nevents\r\n$1\r\nx\r\n");
    ++arrived;
  }
  first.join();
  second.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(current, 0);
  EXPECT_TRUE(eventually([&] { return subscription.is_current(); }));
  EXPECT_EQ(counting.messages, kMessages);
}

TEST(RedisSubscriptionPromise, LookersSurviveManyReconnects) {
  const testing_support::TempDirectory directory;
  UnixServer server(directory.path() / "redis.sock");
  const LogFile log;
  Counting counting;
  const RedisSubscription subscription(events("unix://" + (directory.path() / "redis.sock").string()), counting,
                                       log.log());
  std::atomic<bool> stop = false;
  std::thread looker([&] {
    while (!stop) (void)subscription.is_current();
  });
  for (int i = 1; i <= 10; ++i) {
    server.welcome();
    EXPECT_TRUE(eventually([&] { return subscription.is_current(); }));
    EXPECT_EQ(counting.gaps, 2 * i - 1);
    server.hang_up();
    EXPECT_TRUE(eventually([&] { return !subscription.connected() && counting.gaps == 2 * i; }));
  }
  stop = true;
  looker.join();
}

TEST(RedisSubscriptionPromise, WhatIsNoReplyIsALoss) {
  const testing_support::TempDirectory directory;
  UnixServer server(directory.path() / "redis.sock");
  const LogFile log;
  Counting counting;
  const RedisSubscription subscription(events("unix://" + (directory.path() / "redis.sock").string()), counting,
                                       log.log());
  server.welcome();
  ASSERT_TRUE(eventually([&] { return subscription.is_current(); }));
  server.send("HTTP/1.1 400 Bad Request\r\n");
  EXPECT_TRUE(eventually([&] { return counting.gaps == 2; }));
  EXPECT_FALSE(subscription.is_current());
}

}  // namespace
}  // namespace tintype::redis
