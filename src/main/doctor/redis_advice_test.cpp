#include "main/doctor/redis_advice.h"

#include <gmock/gmock.h>

#include "main/doctor/redis_checks.h"

namespace tintype {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const redis::RedisUrl kUrl = redis::parse_redis_url("rediss://app:s3cret@cache.example").value();

std::string connect_advice(const std::string& detail, const std::string& ca_file = {}) {
  return redis_connect_advice(kUrl, ca_file, {ErrorCode::StoreUnavailable, "", detail});
}

std::string refusal_advice(std::vector<RedisRefusal> refusals) {
  return redis_refusal_advice(refusals);
}

TEST(RedisAdvice, NoAnswerPointsAtTheUrlWithoutItsPassword) {
  EXPECT_THAT(connect_advice("Connection refused"),
              AllOf(HasSubstr("rediss://cache.example:6379/0"), HasSubstr("redis-url"), Not(HasSubstr("s3cret"))));
}

TEST(RedisAdvice, CertificatesNameTheSettingAndTheHost) {
  EXPECT_THAT(connect_advice("TLS: certificate verify failed"),
              AllOf(HasSubstr("set redis-ca-file"), HasSubstr("cache.example must be one of its names")));
  EXPECT_THAT(connect_advice("TLS: certificate verify failed", "/ca.pem"), HasSubstr("redis-ca-file (/ca.pem) must"));
  EXPECT_THAT(connect_advice("cannot read the certificates of /ca.pem: No such file"), HasSubstr("PEM"));
  EXPECT_THAT(connect_advice("TLS: wrong version number"), HasSubstr("use redis://"));
}

TEST(RedisAdvice, WhatAServerSaysOfItselfDecides) {
  EXPECT_THAT(connect_advice("redis refused CLIENT: LOADING Redis is loading the dataset"), HasSubstr("later"));
  EXPECT_THAT(connect_advice("redis refused SELECT: ERR DB index is out of range"), HasSubstr("database"));
  EXPECT_THAT(connect_advice("redis refused CLIENT: NOPERM this user has no permissions to run the "
                             "'client|setname' command"),
              HasSubstr("allow this user of Redis +client|setname (ACL SETUSER)"));
  EXPECT_THAT(refusal_advice({{"set", "READONLY You can't write against a read only replica."}}), HasSubstr("primary"));
  EXPECT_THAT(refusal_advice({{"set", "OOM command not allowed when used memory > 'maxmemory'."}}),
              HasSubstr("maxmemory"));
  EXPECT_THAT(refusal_advice({{"get", "MOVED 3999 127.0.0.1:6381"}}), HasSubstr("cluster"));
  EXPECT_THAT(refusal_advice({{"eval", "ERR unknown command 'EVAL', with args beginning with:"}}), HasSubstr("lacks"));
}

TEST(RedisAdvice, AllThatAUserLacksIsNamedOnce) {
  EXPECT_EQ(refusal_advice(
                {{"zadd", "NOPERM this user has no permissions to run the 'zadd' command"},
                 {"get", "NOPERM this user has no permissions to access one of the keys used as arguments"},
                 {"set", "NOPERM No permissions to access a key"},
                 {"time", "NOPERM User app has no permissions to run the 'time' command"},
                 {"eval", "ERR The user executing the script can't run this command or subcommand script: 1, on @x:1."},
                 {"publish", "NOPERM this user has no permissions to access one of the channels used as arguments"}}),
            "allow this user of Redis +zadd ~image:* ~gallery:images:* ~tag:* ~tintype:* +time &tintype:* "
            "(ACL SETUSER)");
}

TEST(RedisChecks, RoundTripIsJudgedByWhatAReaderWaits) {
  EXPECT_EQ(judge_round_trip("redis://x:1/0", 400us).detail, "redis://x:1/0, round trip 0.40 ms");
  EXPECT_EQ(judge_round_trip("x", 5ms).state, CheckState::Ok);
  EXPECT_EQ(judge_round_trip("x", 6ms).state, CheckState::Warning);
}

TEST(RedisChecks, VersionsBefore7AreRefused) {
  EXPECT_EQ(judge_redis_version("redis", "7.0.0").detail, "redis 7.0.0");
  EXPECT_EQ(judge_redis_version("valkey", "8.1.3").state, CheckState::Ok);
  EXPECT_EQ(judge_redis_version("redis", "10.0.0").state, CheckState::Ok);
  EXPECT_EQ(judge_redis_version("redis", "6.2.14").state, CheckState::Failed);
  EXPECT_EQ(judge_redis_version("", "5.0.3").detail, "redis 5.0.3");
  EXPECT_EQ(judge_redis_version("", "").state, CheckState::Warning);
}

TEST(RedisChecks, FullMemoryMattersOnlyIfNothingIsEvicted) {
  EXPECT_EQ(judge_redis_memory(1000, 0, "noeviction").state, CheckState::Ok);
  EXPECT_EQ(judge_redis_memory(900, 1000, "noeviction").state, CheckState::Ok);
  EXPECT_EQ(judge_redis_memory(901, 1000, "noeviction").state, CheckState::Warning);
  EXPECT_EQ(judge_redis_memory(1000, 1000, "allkeys-lru").state, CheckState::Ok);
  EXPECT_THAT(judge_redis_memory(1 << 20, 2 << 20, "allkeys-lru").detail, HasSubstr("1 MiB of 2 MiB"));
}

}  // namespace
}  // namespace tintype
