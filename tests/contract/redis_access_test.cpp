// How RedisClient gets in: passwords, users, TLS, Unix sockets, databases.
#include "tests/contract/redis_client_fixture.h"

namespace tintype::redis {
namespace {

using testing::HasSubstr;
using testing::Not;

class RedisAccess : public testing::Test {
 protected:
  std::string ping(const std::string& url, const std::string& ca_file = {}) {
    auto options = patient(url);
    options.ca_file = ca_file;
    RedisClient client(options, log_.log());
    return text_of(client, {"PING"});
  }

  LogFile log_;
};

std::string at_port(const std::string& begin, const RedisProcess& server) {
  return begin + ':' + std::to_string(server.port());
}

TEST_F(RedisAccess, PasswordOpens) {
  const RedisProcess server({.password = "correct horse"});
  EXPECT_EQ(ping(at_port("redis://:correct%20horse@127.0.0.1", server)), "PONG");
}

TEST_F(RedisAccess, UserAndPasswordOpen) {
  const RedisProcess server({.password = "s3cret", .user = "app"});
  EXPECT_EQ(ping(server.url()), "PONG");
}

TEST_F(RedisAccess, WrongPasswordIsAFailedConnectAndSaidOnce) {
  const RedisProcess server({.password = "right"});
  RedisClient client(patient(at_port("redis://:hunter2@127.0.0.1", server)), log_.log());
  const auto replies = client.call({{"PING"}}, soon());
  ASSERT_FALSE(replies);
  EXPECT_EQ(replies.error().code, ErrorCode::StoreUnavailable);
  ASSERT_TRUE(eventually([&] { return client.state() == State::Open; }));
  const std::string said = log_.text();
  const std::size_t first = said.find("refused user or password");
  ASSERT_NE(first, std::string::npos) << said;
  EXPECT_EQ(said.find("refused user or password", first + 1), std::string::npos) << said;
  EXPECT_THAT(said, Not(HasSubstr("hunter2")));
}

TEST_F(RedisAccess, MissingPasswordIsSaid) {
  const RedisProcess server({.password = "right"});
  EXPECT_THAT(ping(at_port("redis://127.0.0.1", server)), HasSubstr("wants a password"));
}

TEST_F(RedisAccess, UserWithoutRightsIsSaid) {
  const RedisProcess server({.more = {"--user", "poor", "on", ">pw", "+@connection", "-ping"}});
  EXPECT_THAT(ping(at_port("redis://poor:pw@127.0.0.1", server)), HasSubstr("refused PING: NOPERM"));
}

TEST_F(RedisAccess, DatabasesAreApart) {
  const RedisProcess server;
  RedisClient one(patient(server.url() + "/1"), log_.log());
  RedisClient two(patient(server.url() + "/2"), log_.log());
  EXPECT_EQ(text_of(one, {"SET", "key", "one"}), "OK");
  EXPECT_EQ(ask(two, {"GET", "key"}).type, Reply::Type::Nil);
  EXPECT_THAT(ping(server.url() + "/99"), HasSubstr("refused SELECT"));
}

TEST_F(RedisAccess, UnixSocketOpens) {
  const RedisProcess server({.password = "pw", .unix_socket = true});
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(server.directory() / "redis.sock"); }));
  EXPECT_EQ(ping(server.unix_url()), "PONG");
}

TEST_F(RedisAccess, TlsOpensByNameAndByAddress) {
  const RedisProcess server({.password = "pw", .tls = true});
  EXPECT_EQ(ping(server.url(), server.ca_file()), "PONG");
  EXPECT_EQ(ping(at_port("rediss://:pw@localhost", server), server.ca_file()), "PONG");
}

TEST_F(RedisAccess, PipelinesAndLargeValuesGoOverTls) {
  const RedisProcess server({.tls = true});
  auto options = patient(server.url());
  options.ca_file = server.ca_file();
  RedisClient client(options, log_.log());
  const std::string value(3'000'000, 'x');
  std::vector<Command> commands(1000, {"ECHO", "hello"});
  commands.push_back({"ECHO", value});
  const auto replies = client.call(commands, soon());
  ASSERT_TRUE(replies) << to_string(replies.error());
  EXPECT_EQ(replies->back().text, value);
}

TEST_F(RedisAccess, CertificateOfAnotherAuthorityIsRefused) {
  const RedisProcess server({.tls = true});
  const RedisProcess other({.tls = true});
  EXPECT_THAT(ping(server.url(), other.ca_file()), HasSubstr("certificate verify failed"));
  EXPECT_THAT(ping(server.url()), HasSubstr("certificate verify failed"));
}

TEST_F(RedisAccess, CertificateForAnotherNameIsRefused) {
  const RedisProcess server({.tls = true, .more = {"--bind", "127.0.0.1", "127.0.0.2"}});
  EXPECT_THAT(ping(at_port("rediss://127.0.0.2", server), server.ca_file()), HasSubstr("certificate verify failed"));
}

TEST_F(RedisAccess, UnreadableAuthorityIsSaid) {
  const RedisProcess server({.tls = true});
  EXPECT_THAT(ping(server.url(), "/nowhere/ca.pem"), HasSubstr("/nowhere/ca.pem"));
}

TEST_F(RedisAccess, ServerWithoutTlsIsRefusedInTime) {
  const RedisProcess server;
  EXPECT_THAT(ping(at_port("rediss://127.0.0.1", server)), HasSubstr("STORE_UNAVAILABLE"));
}

}  // namespace
}  // namespace tintype::redis
