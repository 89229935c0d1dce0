#include "adapters/aws/container_credentials.h"

#include <gmock/gmock.h>

#include <fstream>

#include "adapters/aws/credential_provider.h"
#include "tests/support/fake_clock.h"
#include "tests/support/scripted_http_server.h"
#include "tests/support/temp_directory.h"

namespace tintype::aws {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing_support::FakeClock;
using testing_support::ReceivedRequest;
using testing_support::ScriptedAnswer;
using testing_support::ScriptedHttpServer;
using testing_support::TempDirectory;

using Variables = std::map<std::string, std::string, std::less<>>;

constexpr const char* kAnswer = R"({"AccessKeyId":"id","SecretAccessKey":"secret","Token":"token"})";

Deadline soon() {
  return Deadline::after(20s);
}

// Neither credentials nor an error.
bool are_none(const Result<std::optional<Credentials>>& fetched) {
  return fetched && !fetched->has_value();
}

// An endpoint on this machine that answers as `script` says.
class ContainerCredentialsTest : public testing::Test {
 protected:
  ContainerCredentials source(const Variables& variables) {
    return {Environment(variables), http_, {.ecs_endpoint = server_.url(), .patience = {.attempt_timeout = 200ms}}};
  }
  Result<std::optional<Credentials>> fetch(const Variables& variables) { return source(variables).fetch(soon()); }
  // What is wrong, when the endpoint answers as it is told to.
  std::string failure(const Variables& variables) {
    const auto fetched = fetch(variables);
    if (fetched) return "";
    EXPECT_EQ(fetched.error().code, ErrorCode::StoreUnavailable);
    return fetched.error().detail;
  }
  std::vector<std::string> authorizations() const {
    std::vector<std::string> sent;
    for (const ReceivedRequest& request : server_.requests()) {
      const auto found = request.headers.find("authorization");
      sent.push_back(found == request.headers.end() ? "none" : found->second);
    }
    return sent;
  }

  std::function<ScriptedAnswer()> script_ = [] { return ScriptedAnswer{.body = kAnswer}; };
  const ScriptedHttpServer server_{[this](const ReceivedRequest&) { return script_(); }};
  HttpClient http_{{.proxy_from_environment = false}};
  const Variables relative_ = {{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/7"}};
};

TEST_F(ContainerCredentialsTest, WithoutEitherUriNobodyIsAsked) {
  EXPECT_TRUE(are_none(fetch({{"AWS_CONTAINER_AUTHORIZATION_TOKEN", "t"}})));
  EXPECT_EQ(server_.connections(), 0);
}

TEST_F(ContainerCredentialsTest, RelativeUriIsAPathAtTheEndpointOfEcs) {
  EXPECT_EQ(fetch(relative_), (Credentials{"id", "secret", "token"}));
  ASSERT_EQ(server_.requests().size(), 1u);
  EXPECT_EQ(server_.requests()[0].method, "GET");
  EXPECT_EQ(server_.requests()[0].target, "/v2/credentials/7");
  EXPECT_THAT(authorizations(), ElementsAre("none"));
}

TEST_F(ContainerCredentialsTest, RelativeUriGoesBeforeTheFullOne) {
  Variables both = relative_;
  both["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://127.0.0.1:1/other";
  EXPECT_TRUE(fetch(both));
  Variables full = {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", server_.url() + "/full?x=1"}};
  EXPECT_EQ(fetch(full), (Credentials{"id", "secret", "token"}));
  EXPECT_EQ(server_.requests().back().target, "/full?x=1");
}

TEST_F(ContainerCredentialsTest, UrisThatLeadElsewhereAreRefusedUnasked) {
  for (const char* path : {"@example.com/", "v2", "/a b", "/a\r\nX-Evil: 1"}) {
    EXPECT_THAT(failure({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", path}}), HasSubstr("RELATIVE_URI")) << path;
  }
  EXPECT_THAT(failure({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://192.0.2.1/"}}), HasSubstr("FULL_URI"));
  EXPECT_EQ(server_.connections(), 0);
}

TEST_F(ContainerCredentialsTest, TokenFileIsReadForEachFetchAndGoesBeforeTheToken) {
  const TempDirectory directory;
  const std::string path = (directory.path() / "token").string();
  Variables variables = relative_;
  variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "Basic value";
  EXPECT_TRUE(fetch(variables));
  variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = path;
  ContainerCredentials of_file = source(variables);
  for (const char* token : {"first", "second"}) {
    std::ofstream(path) << token;
    EXPECT_TRUE(of_file.fetch(soon()));
  }
  EXPECT_THAT(authorizations(), ElementsAre("Basic value", "first", "second"));
}

TEST_F(ContainerCredentialsTest, TokensThatCannotBeSentAreRefusedUnasked) {
  const TempDirectory directory;
  const std::string path = (directory.path() / "token").string();
  Variables variables = relative_;
  variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "a\r\nX-Evil: 1";
  EXPECT_THAT(failure(variables), HasSubstr("line break"));
  variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = path;
  EXPECT_THAT(failure(variables), HasSubstr("cannot read " + path));
  for (const std::string& text : {std::string("a\n"), std::string("a\rb"), std::string("a\0b", 3)}) {
    std::ofstream(path) << text;
    EXPECT_THAT(failure(variables), HasSubstr("line break"));
  }
  std::ofstream(path) << "";
  EXPECT_THAT(failure(variables), HasSubstr("empty"));
  std::ofstream(path) << std::string(16'385, 'x');
  EXPECT_THAT(failure(variables), HasSubstr("longer than 16384"));
  EXPECT_EQ(server_.connections(), 0);
}

TEST_F(ContainerCredentialsTest, RefusalIsAnErrorAtOnce) {
  script_ = [] { return ScriptedAnswer{.status = 403, .body = R"({"code":"AccessDenied"})" + std::string(9999, 'x')}; };
  const std::string detail = failure(relative_);
  EXPECT_THAT(detail, HasSubstr("403: {\"code\":\"AccessDenied\"}"));
  EXPECT_LT(detail.size(), 300u);
  EXPECT_EQ(server_.requests().size(), 1u);
}

TEST_F(ContainerCredentialsTest, EndpointThatIsBusyIsAskedTwice) {
  for (const int status : {429, 500, 503}) {
    script_ = [status, times = 0]() mutable {
      return times++ == 0 ? ScriptedAnswer{.status = status} : ScriptedAnswer{.body = kAnswer};
    };
    EXPECT_TRUE(fetch(relative_)) << status;
  }
  script_ = [] { return ScriptedAnswer{.status = 503}; };
  EXPECT_THAT(failure(relative_), HasSubstr("503"));
  EXPECT_EQ(server_.requests().size(), 8u);
}

TEST_F(ContainerCredentialsTest, EndpointThatHangsIsAskedTwiceAndIsAnError) {
  script_ = [] { return ScriptedAnswer{.then = ScriptedAnswer::Then::Hang}; };
  EXPECT_NE(failure(relative_), "");
  EXPECT_EQ(server_.requests().size(), 2u);
}

TEST_F(ContainerCredentialsTest, DeadlineOfTheCallerEndsTheWait) {
  script_ = [] { return ScriptedAnswer{.then = ScriptedAnswer::Then::Hang}; };
  const auto fetched = source(relative_).fetch(Deadline::after(50ms));
  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().code, ErrorCode::DeadlineExceeded);
  EXPECT_EQ(server_.requests().size(), 1u);
}

TEST_F(ContainerCredentialsTest, AnswerThatIsCutOffOrHugeOrElsewhereIsAnError) {
  script_ = [] { return ScriptedAnswer{.body = std::string(kAnswer).substr(0, 40)}; };
  EXPECT_THAT(failure(relative_), HasSubstr("no JSON object"));
  script_ = [] { return ScriptedAnswer{.headers = {{"Connection", "close"}}, .body = std::string(8'000'000, ' ')}; };
  EXPECT_THAT(failure(relative_), HasSubstr("more than 65536 bytes"));
  script_ = [&] { return ScriptedAnswer{.status = 302, .headers = {{"Location", server_.url() + "/other"}}}; };
  EXPECT_THAT(failure(relative_), HasSubstr("302"));
}

TEST_F(ContainerCredentialsTest, ProviderFetchesAgainBeforeTheyExpire) {
  FakeClock clock;
  script_ = [&, times = 0]() mutable {
    return ScriptedAnswer{.body = R"({"SecretAccessKey":"s","Token":"t","AccessKeyId":")" + std::to_string(++times) +
                                  R"(","Expiration":")" + to_rfc3339(clock.now() + 1h) + "\"}"};
  };
  std::vector<std::unique_ptr<CredentialSource>> sources;
  sources.push_back(std::make_unique<ContainerCredentials>(
      Environment(relative_), http_, ContainerCredentials::Options{.ecs_endpoint = server_.url()}));
  CredentialProvider keys(std::move(sources), clock);
  EXPECT_EQ(keys.get(soon())->access_key_id, "1");
  clock.advance(54min);
  EXPECT_EQ(keys.get(soon())->access_key_id, "1");
  clock.advance(2min);
  EXPECT_EQ(keys.get(soon())->access_key_id, "2");
  script_ = [] { return ScriptedAnswer{.status = 500}; };
  clock.advance(56min);
  EXPECT_EQ(keys.get(soon())->access_key_id, "2") << "still valid";
  clock.advance(5min);
  EXPECT_FALSE(keys.get(soon()));
}

TEST(ContainerUrl, HttpsIsAllowedEverywhereAndHttpOnlyNearby) {
  for (const char* url :
       {"https://example.com/keys", "https://192.0.2.1:8443", "HTTPS://example.com?x", "http://localhost/",
        "http://LOCALHOST:8080/role/x", "http://127.0.0.1", "http://127.255.0.9:1338/a%2Fb?c=d", "http://[::1]:80/",
        "http://[0:0:0:0:0:0:0:1]", "http://169.254.170.2/v2", "http://169.254.170.23/v1/credentials",
        "http://[fd00:ec2::23]/v1/credentials"}) {
    EXPECT_TRUE(is_allowed_container_url(url)) << url;
  }
}

TEST(ContainerUrl, WhatCouldLeadElsewhereIsRefused) {
  for (const char* url : {"",
                          "http://",
                          "https://",
                          "/keys",
                          "localhost",
                          "ftp://localhost/",
                          "file:///etc/passwd",
                          "http://example.com/",
                          "http://192.0.2.1/",
                          "http://169.254.169.254/",
                          "http://169.254.170.24/",
                          "http://[fd00:ec2::254]/",
                          "http://[::ffff:127.0.0.1]/",
                          "http://127.0.0.1@example.com/",
                          "http://x@127.0.0.1/",
                          "http://127.0.0.1\\@example.com/",
                          "http://127.0.0.1.example.com/",
                          "http://localhost.example.com/",
                          "http://127.1/",
                          "http://2130706433/",
                          "http://0x7f.0.0.1/",
                          "http://0177.0.0.1/",
                          "http://127.0.0.1:/",
                          "http://127.0.0.1:x/",
                          "http://127.0.0.1:70000/",
                          "http://127.0.0.1:80:80/",
                          "http://[::1/",
                          "http://[]/",
                          "http://[::1]example.com/",
                          "http://::1/",
                          "http://:80/",
                          "http://127.0.0.1/#x",
                          "http://127.0.0.1#x",
                          "http://127.0.0.1/ x",
                          "http://127.0.0.1/\r\nX-Evil: 1",
                          "http://127.0.0.1%2eexample.com/"}) {
    EXPECT_FALSE(is_allowed_container_url(url)) << url;
  }
}

}  // namespace
}  // namespace tintype::aws
