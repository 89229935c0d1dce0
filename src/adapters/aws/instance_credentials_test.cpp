#include "adapters/aws/instance_credentials.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "adapters/aws/credential_provider.h"
#include "tests/support/fake_clock.h"
#include "tests/support/scripted_http_server.h"

namespace tintype::aws {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing_support::FakeClock;
using testing_support::ReceivedRequest;
using testing_support::ScriptedAnswer;
using testing_support::ScriptedHttpServer;

using Variables = std::map<std::string, std::string, std::less<>>;

constexpr const char* kRoles = "/latest/meta-data/iam/security-credentials/";
constexpr ScriptedAnswer::Then kHang = ScriptedAnswer::Then::Hang;

Deadline soon() {
  return Deadline::after(20s);
}

// Neither credentials nor an error.
bool are_none(const Result<std::optional<Credentials>>& fetched) {
  return fetched && !fetched->has_value();
}

std::string answer_with(const std::string& id, UnixTime expires_at) {
  return R"({"Code":"Success","Type":"AWS-HMAC","SecretAccessKey":"secret","Token":"token","AccessKeyId":")" + id +
         R"(","Expiration":")" + to_rfc3339(expires_at) + "\"}";
}

// A metadata service in which a test replaces what it wants to be wrong.
class InstanceCredentialsTest : public testing::Test {
 protected:
  ScriptedAnswer answer(const ReceivedRequest& request) {
    if (request.target == "/latest/api/token") return token_;
    const auto sent = request.headers.find("x-aws-ec2-metadata-token");
    if (sent == request.headers.end() || sent->second != token_.body) return {.status = 401};
    if (request.target == kRoles) return role_;
    if (request.target == kRoles + role_.body.substr(0, role_.body.find('\n'))) return credentials_;
    return {.status = 404};
  }
  InstanceCredentials source(Variables variables = {}) {
    variables.emplace("AWS_EC2_METADATA_SERVICE_ENDPOINT", server_.url());
    return {Environment(std::move(variables)), http_, {.attempt_timeout = 200ms}};
  }
  Result<std::optional<Credentials>> fetch() { return source().fetch(soon()); }
  // What is wrong; "" if nothing is.
  std::string failure() {
    const auto fetched = fetch();
    if (fetched) return "";
    EXPECT_EQ(fetched.error().code, ErrorCode::StoreUnavailable);
    return fetched.error().detail;
  }

  FakeClock clock_;
  ScriptedAnswer token_{.body = "AQAAAtoken=="};
  ScriptedAnswer role_{.body = "gallery-role"};
  ScriptedAnswer credentials_{.body = answer_with("id", clock_.now() + 6h)};
  const ScriptedHttpServer server_{[this](const ReceivedRequest& request) { return answer(request); }};
  HttpClient http_{{.proxy_from_environment = false}};
};

TEST_F(InstanceCredentialsTest, TokenThenRoleThenCredentialsAreFetched) {
  EXPECT_EQ(fetch(), (Credentials{"id", "secret", "token", clock_.now() + 6h}));
  const auto requests = server_.requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[0].method, "PUT");
  EXPECT_EQ(requests[0].headers.at("x-aws-ec2-metadata-token-ttl-seconds"), "60");
  EXPECT_EQ(requests[0].body, "");
  EXPECT_EQ(requests[1].method, "GET");
  EXPECT_EQ(requests[1].target, kRoles);
  EXPECT_EQ(requests[2].target, std::string(kRoles) + "gallery-role");
}

TEST_F(InstanceCredentialsTest, FirstOfSeveralRolesCounts) {
  role_.body = "a+b=c,d.e@f-g_h\nsecond\n";
  EXPECT_TRUE(fetch()->has_value());
  EXPECT_EQ(server_.requests().back().target, std::string(kRoles) + "a+b=c,d.e@f-g_h");
}

TEST_F(InstanceCredentialsTest, SwitchedOffAsksNobody) {
  for (const char* off : {"true", "True"}) {
    EXPECT_TRUE(are_none(source({{"AWS_EC2_METADATA_DISABLED", off}}).fetch(soon())));
  }
  EXPECT_EQ(server_.connections(), 0);
  EXPECT_TRUE(source({{"AWS_EC2_METADATA_DISABLED", "false"}}).fetch(soon())->has_value());
}

TEST_F(InstanceCredentialsTest, EndpointThatIsNoneIsAnError) {
  const auto fetched = source({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", "169.254.169.254"}}).fetch(soon());
  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().code, ErrorCode::StoreUnavailable);
  EXPECT_THAT(fetched.error().detail, HasSubstr("AWS_EC2_METADATA_SERVICE_ENDPOINT"));
}

// The endpoint may end with a slash.
TEST_F(InstanceCredentialsTest, PathsFollowTheEndpointWithOneSlash) {
  EXPECT_TRUE(
      source({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", server_.url() + "/"}}).fetch(soon()).value_or(std::nullopt));
}

TEST_F(InstanceCredentialsTest, NobodyListeningIsNoneHere) {
  std::string url;
  {
    const ScriptedHttpServer gone([](const ReceivedRequest&) { return ScriptedAnswer{}; });
    url = gone.url();
  }
  EXPECT_TRUE(are_none(source({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", url}}).fetch(soon())));
}

// As where answers are not routed into a container (a hop limit of 1).
TEST_F(InstanceCredentialsTest, TokenThatNeverComesIsNoneHereAfterTwoAttempts) {
  token_ = {.then = kHang};
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_TRUE(are_none(fetch()));
  EXPECT_EQ(server_.requests().size(), 2u);
  EXPECT_GE(std::chrono::steady_clock::now() - begun, 390ms);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 5s);
}

TEST_F(InstanceCredentialsTest, UsualPatienceIsTwoAttemptsOfASecond) {
  EXPECT_EQ(MetadataPatience().attempt_timeout, 1s);
  EXPECT_EQ(MetadataPatience().attempts, 2);
}

TEST_F(InstanceCredentialsTest, AttemptThatIsLostIsMadeAgain) {
  std::atomic<int> asked = 0;
  const ScriptedHttpServer flaky([&](const ReceivedRequest& request) {
    return ++asked % 2 == 1 ? ScriptedAnswer{.then = ScriptedAnswer::Then::Reset} : answer(request);
  });
  const auto fetched = source({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", flaky.url()}}).fetch(soon());
  ASSERT_TRUE(fetched) << to_string(fetched.error());
  EXPECT_TRUE(fetched->has_value());
}

TEST_F(InstanceCredentialsTest, DeadlineOfTheCallerEndsTheWait) {
  token_ = {.then = kHang};
  const auto fetched = source().fetch(Deadline::after(50ms));
  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().code, ErrorCode::DeadlineExceeded);
}

TEST_F(InstanceCredentialsTest, ServiceWithoutTokensIsNoneHere) {
  for (const int status : {403, 404, 405}) {
    token_.status = status;
    EXPECT_TRUE(are_none(fetch())) << status;
  }
  EXPECT_EQ(server_.requests().size(), 3u) << "and version 1 is not tried";
}

TEST_F(InstanceCredentialsTest, InstanceWithoutARoleHasNone) {
  role_ = {.status = 404, .body = "<html>Not Found</html>"};
  EXPECT_TRUE(are_none(fetch()));
  role_ = {.body = ""};
  EXPECT_TRUE(are_none(fetch()));
  role_ = {.body = "gone"};
  credentials_ = {.status = 404};
  EXPECT_TRUE(are_none(fetch()));
}

TEST_F(InstanceCredentialsTest, OtherStatusIsAnError) {
  for (ScriptedAnswer* step : {&credentials_, &role_, &token_}) {
    for (const int status : {400, 401, 500, 503}) {
      step->status = status;
      EXPECT_THAT(failure(), HasSubstr("was answered " + std::to_string(status)));
    }
  }
}

TEST_F(InstanceCredentialsTest, ServiceThatHangsAfterTheTokenIsAnError) {
  role_ = {.then = kHang};
  EXPECT_THAT(failure(), HasSubstr("imeout"));
}

TEST_F(InstanceCredentialsTest, RolesThatAreNoNamesAreNotAskedFor) {
  for (const std::string& role : {std::string(".."), std::string("../../user-data"), std::string("a b"),
                                  std::string("a?b"), std::string("<html>"), std::string(65, 'a')}) {
    role_.body = role;
    EXPECT_THAT(failure(), HasSubstr("no name of a role")) << role;
  }
  EXPECT_EQ(server_.requests().back().target, kRoles);
}

TEST_F(InstanceCredentialsTest, TokensThatCannotBeSentAreAnError) {
  for (const char* token : {"", "a\r\nX-Evil: 1", "a b"}) {
    token_.body = token;
    EXPECT_THAT(failure(), HasSubstr("no token")) << token;
  }
}

TEST_F(InstanceCredentialsTest, CodeOtherThanSuccessIsAnError) {
  credentials_.body.replace(credentials_.body.find("Success"), 7, "Expired");
  EXPECT_THAT(failure(), HasSubstr("Expired"));
}

TEST_F(InstanceCredentialsTest, AnswerThatIsCutOffOrLacksItsExpirationIsAnError) {
  credentials_.body.resize(credentials_.body.size() / 2);
  EXPECT_THAT(failure(), HasSubstr("no JSON object"));
  credentials_.body = R"({"Code":"Success","SecretAccessKey":"s","Token":"t","AccessKeyId":"id"})";
  EXPECT_THAT(failure(), HasSubstr("Expiration"));
}

TEST_F(InstanceCredentialsTest, HugeAnswerIsAnErrorAtEachStep) {
  for (ScriptedAnswer* step : {&credentials_, &role_, &token_}) {
    step->body = std::string(8'000'000, 'x');
    EXPECT_THAT(failure(), HasSubstr("more than 65536 bytes"));
    step->body = "x";
  }
}

TEST_F(InstanceCredentialsTest, ProxyOfTheEnvironmentIsNotUsed) {
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  HttpClient with_proxy;
  const Environment environment({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", server_.url()}});
  const auto fetched = InstanceCredentials(environment, with_proxy).fetch(soon());
  const auto by_proxy = with_proxy.send({.url = server_.url()}, soon());
  ::unsetenv("http_proxy");
  ASSERT_TRUE(fetched) << to_string(fetched.error());
  EXPECT_TRUE(fetched->has_value());
  EXPECT_FALSE(by_proxy) << "this test needs a proxy that does not answer";
}

TEST_F(InstanceCredentialsTest, ProviderFetchesAgainBeforeTheyExpire) {
  std::vector<std::unique_ptr<CredentialSource>> sources;
  sources.push_back(std::make_unique<InstanceCredentials>(source()));
  CredentialProvider keys(std::move(sources), clock_);
  EXPECT_EQ(keys.get(soon())->access_key_id, "id");
  clock_.advance(5h + 54min);
  EXPECT_EQ(keys.get(soon())->access_key_id, "id");
  EXPECT_EQ(server_.requests().size(), 3u);
  credentials_.body = answer_with("next", clock_.now() + 6h);
  token_.body = "another";
  clock_.advance(2min);
  EXPECT_EQ(keys.get(soon())->access_key_id, "next");
}

TEST_F(InstanceCredentialsTest, ProviderKeepsValidOnesWhileTheServiceIsAway) {
  std::vector<std::unique_ptr<CredentialSource>> sources;
  sources.push_back(std::make_unique<InstanceCredentials>(source()));
  CredentialProvider keys(std::move(sources), clock_);
  ASSERT_TRUE(keys.get(soon()));
  token_ = {.then = ScriptedAnswer::Then::Reset};
  clock_.advance(5h + 56min);
  EXPECT_EQ(keys.get(soon())->access_key_id, "id");
  clock_.advance(5min);
  const auto none = keys.get(soon());
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().detail, HasSubstr("looked at: the instance's metadata"));
}

}  // namespace
}  // namespace tintype::aws
