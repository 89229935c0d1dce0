#include "adapters/redis/handshake.h"

#include <gmock/gmock.h>

namespace tintype::redis {
namespace {

using testing::HasSubstr;
using testing::Not;

const Reply kOk{.type = Reply::Type::Text, .text = "OK"};

Reply error(std::string text) {
  return {.type = Reply::Type::Error, .text = std::move(text)};
}

TEST(RedisHandshake, SaysOnlyWhatTheUrlWants) {
  EXPECT_EQ(handshake({}, "me"), (std::vector<Command>{{"CLIENT", "SETNAME", "me"}, {"PING"}}));
  EXPECT_EQ(handshake({.password = "p", .database = 3}, "me"),
            (std::vector<Command>{{"AUTH", "p"}, {"SELECT", "3"}, {"CLIENT", "SETNAME", "me"}, {"PING"}}));
  EXPECT_EQ(handshake({.user = "u", .password = "p"}, "me").front(), (Command{"AUTH", "u", "p"}));
}

TEST(RedisHandshake, IsGoodOnlyIfAllIsAnsweredWell) {
  const auto commands = handshake({.password = "p"}, "me");
  EXPECT_TRUE(check_handshake(commands, std::vector{kOk, kOk, kOk}));
  EXPECT_FALSE(check_handshake(commands, std::vector{kOk, kOk}));
  EXPECT_FALSE(check_handshake(commands, std::vector{kOk, kOk, error("LOADING Redis is loading")}));
}

TEST(RedisHandshake, RefusalSaysWhyWithoutThePassword) {
  const auto commands = handshake({.password = "hunter2"}, "me");
  const auto unknown = check_handshake(commands, std::vector{error("ERR unknown command 'AUTH', with args 'hunter2'")});
  EXPECT_THAT(to_string(unknown.error()), testing::AllOf(HasSubstr("password: ERR"), Not(HasSubstr("hunter2"))));
  const auto wanted = check_handshake(handshake({}, "me"), std::vector{error("NOAUTH Authentication required.")});
  EXPECT_THAT(to_string(wanted.error()), HasSubstr("wants a password"));
  const auto forbidden = check_handshake(handshake({}, "me"), std::vector{error("NOPERM no client|setname"), kOk});
  EXPECT_THAT(to_string(forbidden.error()), HasSubstr("CLIENT: NOPERM"));
}

}  // namespace
}  // namespace tintype::redis
