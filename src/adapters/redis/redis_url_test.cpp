#include "adapters/redis/redis_url.h"

#include <gmock/gmock.h>

namespace tintype::redis {
namespace {

using testing::HasSubstr;
using testing::Not;

RedisUrl parsed(std::string_view text) {
  auto url = parse_redis_url(text);
  EXPECT_TRUE(url) << text << ": " << to_string(url.error());
  return url.value_or(RedisUrl{});
}

std::string complaint(std::string_view text) {
  const auto url = parse_redis_url(text);
  EXPECT_FALSE(url) << text;
  return url ? "" : to_string(url.error());
}

TEST(RedisUrl, HostAloneHasDefaults) {
  const RedisUrl url = parsed("redis://cache.example");
  EXPECT_EQ(url.transport, RedisUrl::Transport::Tcp);
  EXPECT_EQ(url.host, "cache.example");
  EXPECT_EQ(url.port, 6379);
  EXPECT_EQ(url.database, 0);
  EXPECT_FALSE(url.wants_auth());
}

TEST(RedisUrl, EveryPartIsRead) {
  const RedisUrl url = parsed("rediss://app:s3cr%2Ft%40@10.0.0.7:7000/12");
  EXPECT_EQ(url.transport, RedisUrl::Transport::Tls);
  EXPECT_EQ(url.user, "app");
  EXPECT_EQ(url.password, "s3cr/t@");
  EXPECT_EQ(url.host, "10.0.0.7");
  EXPECT_EQ(url.port, 7000);
  EXPECT_EQ(url.database, 12);
}

TEST(RedisUrl, PasswordWithoutUserIsTheDefaultUsers) {
  const RedisUrl url = parsed("redis://:pass:word@h/");
  EXPECT_EQ(url.user, "");
  EXPECT_EQ(url.password, "pass:word");
}

TEST(RedisUrl, UserWithoutPasswordIsAUser) {
  const RedisUrl url = parsed("redis://app@h");
  EXPECT_EQ(url.user, "app");
  EXPECT_TRUE(url.wants_auth());
}

TEST(RedisUrl, Ipv6ComesInBrackets) {
  EXPECT_EQ(parsed("redis://[::1]").host, "::1");
  EXPECT_EQ(parsed("redis://[2001:db8::7]:6380/1").port, 6380);
}

TEST(RedisUrl, UnixSocketsHaveAPathAndADatabase) {
  for (const char* const scheme : {"unix://", "redis+unix://"}) {
    const RedisUrl url = parsed(std::string(scheme) + "app:pw@/run/my%20redis.sock?db=3");
    EXPECT_EQ(url.transport, RedisUrl::Transport::Unix);
    EXPECT_EQ(url.path, "/run/my redis.sock");
    EXPECT_EQ(url.user, "app");
    EXPECT_EQ(url.password, "pw");
    EXPECT_EQ(url.database, 3);
  }
  EXPECT_EQ(parsed("unix:///run/redis.sock").path, "/run/redis.sock");
}

TEST(RedisUrl, WhatIsWrongIsSaid) {
  EXPECT_THAT(complaint("http://host"), HasSubstr("redis://"));
  EXPECT_THAT(complaint("redis://"), HasSubstr("host is missing"));
  EXPECT_THAT(complaint("redis://:6379"), HasSubstr("host is missing"));
  EXPECT_THAT(complaint("redis://h:0"), HasSubstr("65535"));
  EXPECT_THAT(complaint("redis://h:65536"), HasSubstr("65535"));
  EXPECT_THAT(complaint("redis://[::1]6379"), HasSubstr("port"));
  EXPECT_THAT(complaint("redis://[::1"), HasSubstr("']'"));
  EXPECT_THAT(complaint("redis://[h]"), HasSubstr("IPv6"));
  EXPECT_THAT(complaint("redis://h/one"), HasSubstr("database"));
  EXPECT_THAT(complaint("redis://h/99999999999"), HasSubstr("database"));
  EXPECT_THAT(complaint("redis://h?db=1"), HasSubstr("'?'"));
  EXPECT_THAT(complaint("redis://h/1\n"), HasSubstr("control character"));
  EXPECT_THAT(complaint("unix://run/redis.sock"), HasSubstr("absolute"));
  EXPECT_THAT(complaint("unix:///run/redis.sock?timeout=1"), HasSubstr("db="));
  EXPECT_THAT(complaint("unix:///" + std::string(200, 'x')), HasSubstr("too long"));
}

TEST(RedisUrl, ComplaintNeverRepeatsThePassword) {
  for (const char* const text : {"redis://:hunter%2@h", "redis://:hunter2@h:port", "redis://:hunter2/x@h",
                                 "redis://:hunter2@", "tcp://:hunter2@h", "redis://u:hunter2#@h",
                                 "unix://:hunter2@relative", "redis://hunter2@h@/x", "rediss://a b:hunter2@h/z"}) {
    EXPECT_THAT(complaint(text), Not(HasSubstr("hunter")));
  }
}

TEST(RedisUrl, DescriptionIsWithoutUserAndPassword) {
  EXPECT_EQ(describe(parsed("rediss://u:p@[::1]/2")), "rediss://[::1]:6379/2");
  EXPECT_EQ(describe(parsed("unix://u:p@/run/r.sock")), "unix:///run/r.sock?db=0");
}

}  // namespace
}  // namespace tintype::redis
