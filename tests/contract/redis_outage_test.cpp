// RedisClient on servers that die, hang and come back.
#include <sys/socket.h>
#include <sys/un.h>

#include <atomic>
#include <latch>
#include <thread>

#include "tests/contract/redis_client_fixture.h"
#include "tests/support/sanitizers.h"

namespace tintype::redis {
namespace {

using Clock = std::chrono::steady_clock;

// With the times that the service has.
RedisClient::Options impatient(const RedisProcess& server) {
  return {.url = url_of(server.url())};
}

class RedisOutage : public testing::Test {
 protected:
  RedisClient::Options with_one_connection() const {
    auto options = patient(server_.url());
    options.connections = 1;
    return options;
  }

  RedisProcess server_;
  LogFile log_;
};

TEST_F(RedisOutage, DeadlineIsKeptAndLateRepliesAreDroppedInOrder) {
  RedisClient client(with_one_connection(), log_.log());
  ASSERT_EQ(text_of(client, {"PING"}), "PONG");
  std::latch slept(1);
  client.start({{"DEBUG", "SLEEP", "0.3"}}, soon(), [&](const Replies&) { slept.count_down(); });
  const auto begin = Clock::now();
  const auto late = client.call({{"ECHO", "late"}, {"ECHO", "later"}}, Deadline::after(milliseconds(50)));
  const auto took = Clock::now() - begin;
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::DeadlineExceeded);
  EXPECT_GE(took, milliseconds(50));
  EXPECT_LT(took, milliseconds(testing_support::kSanitized ? 150 : 75));
  EXPECT_EQ(client.counts().in_flight, 2U);
  EXPECT_EQ(text_of(client, {"ECHO", "next"}), "next");
  slept.wait();
  EXPECT_EQ(client.counts().in_flight, 0U);
  EXPECT_EQ(client.counts().timeouts, 1U);
  EXPECT_EQ(client.counts().connections_opened, 1U);
}

TEST_F(RedisOutage, CommandsOfAClosedConnectionAreSentAgain) {
  RedisClient client(with_one_connection(), log_.log());
  RedisClient other(with_one_connection(), log_.log());
  std::latch answered(1);
  std::string popped;
  // Blocking commands are not for this client; here one stands for a reply that does not come.
  client.start({{"ECHO", "a"}, {"BLPOP", "list", "0"}}, soon(), [&](const Replies& replies) {
    if (replies && replies->size() == 2) popped = (*replies)[1].elements[1].text;
    answered.count_down();
  });
  ASSERT_TRUE(eventually([&] { return ask(other, {"CLIENT", "LIST"}).text.find("cmd=blpop") != std::string::npos; }));
  EXPECT_GE(ask(other, {"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"}).integer, 1);
  ASSERT_TRUE(eventually([&] { return client.counts().retries == 1; }));
  EXPECT_EQ(ask(other, {"RPUSH", "list", "value"}).integer, 1);
  answered.wait();
  EXPECT_EQ(popped, "value");
}

TEST_F(RedisOutage, CommandsAreSentAgainAtMostTwice) {
  RedisClient client(with_one_connection(), log_.log());
  RedisClient other(with_one_connection(), log_.log());
  std::atomic<bool> failed = false;
  client.start({{"ECHO", "a"}, {"BLPOP", "list", "0"}}, soon(), [&](const Replies& replies) {
    EXPECT_FALSE(replies);
    if (!replies) EXPECT_EQ(replies.error().code, ErrorCode::StoreUnavailable);
    failed = true;
  });
  for (int kills = 0; kills < 3; ++kills) {
    ASSERT_TRUE(eventually([&] { return ask(other, {"CLIENT", "LIST"}).text.find("cmd=blpop") != std::string::npos; }));
    EXPECT_GE(ask(other, {"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"}).integer, 1);
  }
  EXPECT_TRUE(eventually([&] { return failed.load(); }));
  EXPECT_EQ(client.counts().retries, 2U);
}

TEST_F(RedisOutage, KilledServerFailsWhatIsInFlightAndComesBackByItself) {
  RedisClient client(patient(server_.url()), log_.log());
  ASSERT_EQ(text_of(client, {"SET", "key", "value"}), "OK");
  server_.hang();
  constexpr int kCommands = 100;
  std::latch answered(kCommands);
  std::atomic<int> unavailable = 0;
  for (int i = 0; i < kCommands; ++i) {
    client.start({{"GET", "key"}}, soon(), [&](const Replies& replies) {
      if (!replies && replies.error().code == ErrorCode::StoreUnavailable) ++unavailable;
      answered.count_down();
    });
  }
  server_.kill_9();
  answered.wait();
  EXPECT_EQ(unavailable, kCommands);
  ASSERT_TRUE(eventually([&] { return client.state() == State::Open; }));
  server_.start();
  EXPECT_TRUE(eventually([&] { return client.state() == State::Ready; }));
  EXPECT_EQ(ask(client, {"GET", "key"}).type, Reply::Type::Nil);
  EXPECT_THAT(log_.text(), testing::HasSubstr("redis is back"));
}

TEST_F(RedisOutage, ServerThatIsNotThereRefusesAtOnce) {
  server_.kill_9();
  RedisClient client(impatient(server_), log_.log());
  const auto first = client.call({{"PING"}}, soon());
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().code, ErrorCode::StoreUnavailable);
  EXPECT_TRUE(eventually([&] { return client.state() == State::Open; }));
  EXPECT_GE(client.counts().connect_failures, 3U);
}

TEST_F(RedisOutage, HungServerOpensTheBreakerWithinASecondAndClosesItWhenItGoesOn) {
  RedisClient client(impatient(server_), log_.log());
  ASSERT_EQ(text_of(client, {"PING"}), "PONG");
  server_.hang();
  const auto begin = Clock::now();
  while (client.state() != State::Open && Clock::now() - begin < std::chrono::seconds(5)) {
    EXPECT_FALSE(client.call({{"PING"}}, Deadline::after(std::chrono::seconds(1))));
  }
  EXPECT_EQ(client.state(), State::Open);
  EXPECT_LT(Clock::now() - begin, std::chrono::seconds(testing_support::kSanitized ? 3 : 1));
  const auto before = Clock::now();
  constexpr int kRefusals = 1000;
  for (int i = 0; i < kRefusals; ++i) {
    client.start({{"PING"}}, soon(), [](const Replies& replies) { EXPECT_FALSE(replies); });
  }
  EXPECT_LT((Clock::now() - before) / kRefusals, std::chrono::microseconds(testing_support::kSanitized ? 200 : 20));
  EXPECT_GE(client.counts().refused, static_cast<std::uint64_t>(kRefusals));
  server_.resume();
  EXPECT_TRUE(eventually([&] { return client.state() == State::Ready; }));
  EXPECT_EQ(text_of(client, {"PING"}), "PONG");
}

// Of three, the first waits until the connection counts as stalled, and the others do not wait for the next one.
TEST_F(RedisOutage, AfterAStallNoCommandWaitsForTheNextConnection) {
  RedisClient client(impatient(server_), log_.log());
  ASSERT_EQ(text_of(client, {"PING"}), "PONG");
  server_.hang();
  EXPECT_FALSE(client.call({{"PING"}}, soon()));
  EXPECT_NE(client.state(), State::Ready);
  const auto begin = Clock::now();
  EXPECT_FALSE(client.call({{"PING"}}, soon()));
  EXPECT_LT(Clock::now() - begin, milliseconds(50));
  server_.resume();
}

// Answers the handshake and nothing else.
class MuteServer {
 public:
  explicit MuteServer(const std::string& path) : listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (!listener_) std::abort();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) std::abort();
    if (::listen(listener_.get(), 16) != 0) std::abort();
    thread_ = std::thread([this] { shake_hands(); });
  }
  ~MuteServer() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
  }

 private:
  void shake_hands() {
    constexpr std::string_view kGood = "+OK\r\n+PONG\r\n";
    for (;;) {
      UniqueFd connection(::accept(listener_.get(), nullptr, nullptr));
      if (!connection) return;
      ::send(connection.get(), kGood.data(), kGood.size(), MSG_NOSIGNAL);
      connections_.push_back(std::move(connection));
    }
  }
  UniqueFd listener_;
  std::vector<UniqueFd> connections_;  // the thread's
  std::thread thread_;
};

TEST(RedisBreaker, ServerThatOnlyShakesHandsOpensIt) {
  const testing_support::TempDirectory directory;
  const MuteServer server(directory.path() / "redis.sock");
  const LogFile log;
  RedisClient client({.url = url_of("unix://" + (directory.path() / "redis.sock").string())}, log.log());
  EXPECT_TRUE(eventually([&] {
    EXPECT_FALSE(client.call({{"PING"}}, soon()));
    return log.text().find("redis stays away") != std::string::npos;
  }));
  EXPECT_GE(client.counts().connections_opened, 2U);
  EXPECT_GE(client.counts().connect_failures, 3U);
}

TEST_F(RedisOutage, FullQueueIsOverloaded) {
  auto options = patient(server_.url());
  options.waiting = 10;
  RedisClient client(options, log_.log());
  ASSERT_EQ(text_of(client, {"PING"}), "PONG");
  server_.hang();
  std::latch answered(10);
  for (int i = 0; i < 10; ++i) {
    client.start({{"PING"}}, soon(), [&](const Replies& replies) {
      EXPECT_TRUE(replies);
      answered.count_down();
    });
  }
  const auto more = client.call({{"PING"}}, soon());
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, ErrorCode::Overloaded);
  server_.resume();
  answered.wait();
}

TEST_F(RedisOutage, EndOfTheClientAnswersWhatIsInFlight) {
  std::atomic<int> unavailable = 0;
  {
    RedisClient client(patient(server_.url()), log_.log());
    ASSERT_EQ(text_of(client, {"PING"}), "PONG");
    server_.hang();
    for (int i = 0; i < 100; ++i) {
      client.start({{"PING"}}, Deadline::never(), [&](const Replies& replies) {
        if (!replies && replies.error().code == ErrorCode::StoreUnavailable) ++unavailable;
      });
    }
  }
  EXPECT_EQ(unavailable, 100);
}

TEST_F(RedisOutage, EndOfTheClientAnswersWhatWaitsForAConnection) {
  server_.hang();
  std::atomic<int> answered = 0;
  {
    RedisClient client(patient(server_.url()), log_.log());
    for (int i = 0; i < 100; ++i) client.start({{"PING"}}, Deadline::never(), [&](const Replies&) { ++answered; });
  }
  EXPECT_EQ(answered, 100);
}

}  // namespace
}  // namespace tintype::redis
