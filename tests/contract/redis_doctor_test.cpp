// What `tintype doctor` says of Redis servers that are well, ill, or closed to this user.
#include <gmock/gmock.h>

#include "main/cache_composition.h"
#include "main/doctor/redis_checks.h"
#include "main/doctor/redis_under_check.h"
#include "tests/support/redis_process.h"

namespace tintype {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing_support::RedisProcess;
using testing_support::TestCertificate;

// That of docs/operations.md, "Cache".
// clang-format off: one rule a line says no more
const std::vector<std::string> kRules = {
    "~image:*", "~gallery:images:*", "~tag:*", "~tintype:*", "&tintype:*",
    "+client|setname", "+select", "+ping", "+get", "+set", "+unlink", "+rename", "+pexpireat", "+eval",
    "+time", "+zadd", "+zrem", "+zscore", "+zmscore", "+zrange", "+zrangebyscore", "+publish", "+subscribe"};
// clang-format on

class RedisDoctor : public testing::Test {
 protected:
  RedisDoctor() {
    settings_.cache = config::CacheKind::Redis;
    settings_.cache_memory = 1 << 20;
    settings_.public_url = "https://images.example";
  }

  DiagnosisReport run(const std::string& url, std::chrono::milliseconds time = 10s) {
    settings_.redis_url = url;
    const std::vector<CheckArea> areas = {redis_checks(settings_, redis_url(settings_).value())};
    return diagnose(areas, {.time = time}, [](const CheckReport&) {}, [] { return false; });
  }
  // As the docs have it, in a database that needs SELECT.
  DiagnosisReport run_as_user(const std::vector<std::string>& rules) {
    const RedisProcess server({.password = "s3cret", .user = "app", .rules = rules});
    return run(server.url() + "/1");
  }
  static CheckOutcome outcome(const DiagnosisReport& report, std::string_view name) {
    const auto found = std::ranges::find(report.checks, name, &CheckReport::check);
    return found == report.checks.end() ? CheckOutcome{.detail = "no such check"} : found->outcome;
  }
  static std::string all_said(const DiagnosisReport& report) {
    std::string text;
    for (const CheckReport& check : report.checks) {
      text += check.check + ' ' + state_name(check.outcome.state) + ' ' + check.outcome.detail + " | " +
              check.outcome.advice + '\n';
    }
    return text;
  }
  std::int64_t keys() const {
    const RedisUnderCheck on{settings_, redis_url(settings_).value()};
    return on.call({{"DBSIZE"}}, Deadline::after(10s))->front().integer;
  }

  config::Settings settings_;
};

TEST_F(RedisDoctor, HealthyServerPassesAndIsLeftEmpty) {
  const RedisProcess server;
  for (const auto invalidation : {config::CacheInvalidation::Tags, config::CacheInvalidation::Scan}) {
    settings_.cache_invalidation = invalidation;
    const DiagnosisReport report = run(server.url());
    EXPECT_EQ(report.count(CheckState::Ok), 7) << all_said(report);
    EXPECT_EQ(keys(), 0);
  }
}

TEST_F(RedisDoctor, UserOfTheDocumentationPassesWithoutInfo) {
  const DiagnosisReport by_tags = run_as_user(kRules);
  EXPECT_EQ(by_tags.count(CheckState::Ok), 6) << all_said(by_tags);
  EXPECT_EQ(outcome(by_tags, "memory").state, CheckState::NotChecked);
  settings_.cache_invalidation = config::CacheInvalidation::Scan;
  auto rules = kRules;
  rules.insert(rules.end(), {"+scan", "+info"});
  const DiagnosisReport by_scan = run_as_user(rules);
  EXPECT_EQ(by_scan.count(CheckState::Ok), 7) << all_said(by_scan);
}

TEST_F(RedisDoctor, EachRuleIsNeededAndNamedIfItIsMissing) {
  for (const std::string& rule : kRules) {
    auto rules = kRules;
    std::erase(rules, rule);
    const std::string said = all_said(run_as_user(rules));
    EXPECT_THAT(said, AllOf(HasSubstr("failed"), HasSubstr("allow this user of Redis"), HasSubstr(' ' + rule + ' ')));
  }
}

TEST_F(RedisDoctor, SeveralMissingRulesAreNamedAtOnce) {
  auto rules = kRules;
  for (const char* rule : {"+zadd", "+time", "+publish"}) std::erase(rules, rule);
  const DiagnosisReport report = run_as_user(rules);
  EXPECT_EQ(outcome(report, "commands").advice, "allow this user of Redis +zadd +time +publish (ACL SETUSER)");
  EXPECT_EQ(outcome(report, "invalidation").state, CheckState::NotChecked);
  EXPECT_EQ(outcome(report, "channel").state, CheckState::NotChecked);
}

TEST_F(RedisDoctor, WrongPasswordIsNamedAndNotRepeated) {
  const RedisProcess server({.password = "right"});
  const std::string address = "127.0.0.1:" + std::to_string(server.port());
  const DiagnosisReport wrong = run("redis://:hunter2@" + address);
  EXPECT_THAT(outcome(wrong, "server").detail, HasSubstr("refused user or password: WRONGPASS"));
  EXPECT_THAT(outcome(wrong, "server").advice, HasSubstr("redis-url"));
  EXPECT_THAT(all_said(wrong), Not(HasSubstr("hunter2")));
  EXPECT_EQ(wrong.count(CheckState::NotChecked), 5);
  EXPECT_THAT(outcome(run("redis://" + address), "server").advice, HasSubstr("redis://:password@host"));
}

TEST_F(RedisDoctor, CertificateThatIsNotTrustedPointsAtTheSetting) {
  const RedisProcess server({.tls = true});
  const CheckOutcome unknown = outcome(run(server.url()), "server");
  EXPECT_EQ(unknown.state, CheckState::Failed);
  EXPECT_THAT(unknown.advice, HasSubstr("set redis-ca-file"));
  EXPECT_THAT(outcome(run("redis://127.0.0.1:" + std::to_string(server.port())), "server").advice,
              HasSubstr("use rediss://"));
  settings_.redis_ca_file = server.ca_file();
  const DiagnosisReport report = run(server.url());
  EXPECT_EQ(report.count(CheckState::Ok), 7) << all_said(report);
}

TEST_F(RedisDoctor, ServerWithoutTlsIsSaid) {
  const RedisProcess server;
  const CheckOutcome found = outcome(run("rediss://127.0.0.1:" + std::to_string(server.port()), 1s), "server");
  EXPECT_EQ(found.state, CheckState::Failed);
  EXPECT_THAT(found.detail, HasSubstr("TLS"));
}

TEST_F(RedisDoctor, DatabaseThatIsNotThereIsSaid) {
  const RedisProcess server;
  EXPECT_THAT(outcome(run(server.url() + "/99"), "server").advice, HasSubstr("use a database that the server has"));
}

TEST_F(RedisDoctor, ServerThatHangsFailsInTime) {
  const RedisProcess server;
  server.hang();
  const DiagnosisReport report = run(server.url(), 200ms);
  EXPECT_EQ(outcome(report, "server").state, CheckState::Failed);
  EXPECT_THAT(outcome(report, "server").detail, HasSubstr("in time"));
  EXPECT_FALSE(report.hangs);
}

TEST_F(RedisDoctor, FullServerIsAWarningAndRefusesValues) {
  const RedisProcess server({.more = {"--maxmemory", "900kb"}});
  const DiagnosisReport report = run(server.url());
  EXPECT_EQ(outcome(report, "memory").state, CheckState::Warning);
  EXPECT_THAT(outcome(report, "commands").advice, HasSubstr("raise maxmemory"));
}

TEST_F(RedisDoctor, ReplicaIsNoPlaceForACache) {
  const RedisProcess server({.more = {"--replicaof", "127.0.0.1", "1"}});
  const DiagnosisReport report = run(server.url());
  EXPECT_EQ(outcome(report, "version").state, CheckState::Failed);
  EXPECT_THAT(outcome(report, "version").advice, HasSubstr("primary"));
  EXPECT_THAT(outcome(report, "commands").advice, HasSubstr("primary"));
}

TEST_F(RedisDoctor, WithoutMemoryInFrontTheChannelIsNotChecked) {
  const RedisProcess server;
  settings_.cache_memory = 0;
  settings_.public_url.clear();
  const DiagnosisReport report = run(server.url());
  EXPECT_EQ(outcome(report, "channel").state, CheckState::NotChecked);
  EXPECT_EQ(outcome(report, "public-url").state, CheckState::Warning);
  EXPECT_EQ(report.count(CheckState::Ok), 5) << all_said(report);
}

}  // namespace
}  // namespace tintype
