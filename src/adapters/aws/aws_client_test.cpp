#include "adapters/aws/aws_client.h"

#include <gmock/gmock.h>

#include "adapters/aws/http_date.h"
#include "adapters/aws/local_credentials.h"
#include "base/text.h"
#include "tests/support/fake_clock.h"
#include "tests/support/scripted_http_server.h"

namespace tintype::aws {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;
using testing_support::FakeClock;
using testing_support::ReceivedRequest;
using testing_support::ScriptedAnswer;
using testing_support::ScriptedHttpServer;

Deadline soon() {
  return Deadline::after(20s);
}

class AwsClientTest : public testing::Test {
 protected:
  using Script = std::function<ScriptedAnswer(const ReceivedRequest&)>;
  // Answers with each of `answers` once, then with the last again and again.
  static Script in_turn(std::vector<ScriptedAnswer> answers) {
    return [answers = std::move(answers), next = std::make_shared<std::size_t>(0)](const ReceivedRequest&) {
      return answers[std::min((*next)++, answers.size() - 1)];
    };
  }
  AwsClient& client(Script script, std::chrono::milliseconds attempt_timeout = 10s,
                    Credentials credentials = {"id", "secret"}) {
    server_ = std::make_unique<ScriptedHttpServer>(std::move(script));
    std::vector<std::unique_ptr<CredentialSource>> sources;
    sources.push_back(std::make_unique<StaticCredentials>(std::move(credentials)));
    credentials_ = std::make_unique<CredentialProvider>(std::move(sources), clock_);
    client_ = std::make_unique<AwsClient>(http_, *credentials_, clock_,
                                          AwsClient::Options{.service = "s3",
                                                             .region = "eu-west-1",
                                                             .endpoint = parse_endpoint(server_->url()).value(),
                                                             .retry = {.random = [] { return 0.01; }},
                                                             .attempt_timeout = attempt_timeout});
    return *client_;
  }

  FakeClock clock_{UnixTime(std::chrono::milliseconds(1'780'000'000'000))};
  std::unique_ptr<ScriptedHttpServer> server_;
  HttpClient http_{{.proxy_from_environment = false}};
  std::unique_ptr<CredentialProvider> credentials_;
  std::unique_ptr<AwsClient> client_;
};

AwsRequest once(AwsRequest request) {
  request.idempotent = false;
  return request;
}
ScriptedAnswer slow_down() {
  return {.status = 503, .body = "<Error><Code>SlowDown</Code><Message>easy</Message></Error>"};
}
ScriptedAnswer lost() {
  return {.then = ScriptedAnswer::Then::Reset};
}

TEST_F(AwsClientTest, RequestIsSignedAndItsReplyReturned) {
  const auto reply = client(in_turn({{.headers = {{"ETag", "\"e\""}}, .body = "bytes"}}))
                         .call({.path = "/b/a b", .query = {{"x", "1"}}, .headers = {{"Range", "bytes=0-4"}}}, soon());
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "bytes");
  EXPECT_EQ(field_or_empty(reply->headers, "etag"), "\"e\"");
  const auto request = server_->requests().at(0);
  EXPECT_EQ(request.target, "/b/a%20b?x=1");
  EXPECT_THAT(request.headers.at("authorization"), StartsWith("AWS4-HMAC-SHA256 Credential=id/20260528/eu-west-1/s3/"));
  EXPECT_THAT(request.headers.at("authorization"),
              HasSubstr("SignedHeaders=host;range;x-amz-content-sha256;x-amz-date"));
  EXPECT_EQ(request.headers.at("host"), server_->url().substr(7));
}

TEST_F(AwsClientTest, ErrorOfTheServiceIsTold) {
  const auto reply =
      client(in_turn({{.status = 404, .body = "<Error><Code>NoSuchKey</Code></Error>"}})).call({}, soon());
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().status, 404);
  EXPECT_EQ(reply.error().code, "NoSuchKey");
  EXPECT_EQ(server_->requests().size(), 1u);
}

TEST_F(AwsClientTest, ThrottledCallIsTriedAgainAlsoIfItMustNotRunTwice) {
  const auto reply =
      client(in_turn({slow_down(), slow_down(), {.body = "done"}})).call(once({.method = "PUT"}), soon());
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->attempts, 3);
}

TEST_F(AwsClientTest, LostAnswerIsAskedForAgainOnlyIfItMayRunTwice) {
  EXPECT_TRUE(client(in_turn({lost(), {}})).call({.method = "PUT"}, soon()));
  const auto reply = client(in_turn({lost(), {}})).call(once({.method = "PUT"}), soon());
  ASSERT_FALSE(reply);
  EXPECT_TRUE(reply.error().may_have_happened);
  EXPECT_EQ(server_->requests().size(), 1u);
}

TEST_F(AwsClientTest, ErrorAfterALostAnswerSaysThatItMayHaveHappened) {
  const auto reply = client(in_turn({lost(), {.status = 412}})).call({.method = "PUT"}, soon());
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().status, 412);
  EXPECT_TRUE(reply.error().may_have_happened);
}

TEST_F(AwsClientTest, ErrorAfterAnAnswerThatWasLostOnAKeptConnectionSaysSoToo) {
  AwsClient& kept = client(in_turn({{}, lost(), {.status = 412}}));
  ASSERT_TRUE(kept.call({}, soon()));
  const auto reply = kept.call({.method = "PUT", .body = as_bytes("body")}, soon());
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().status, 412);
  EXPECT_TRUE(reply.error().may_have_happened);
  EXPECT_EQ(server_->requests().size(), 3u);
}

TEST_F(AwsClientTest, ServerThatHangsLeavesTimeForAnotherAttempt) {
  const auto reply =
      client(in_turn({{.then = ScriptedAnswer::Then::Hang}, {.body = "at last"}}), 100ms).call({}, soon());
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "at last");
}

TEST_F(AwsClientTest, DeadlineEndsTheAttempts) {
  const auto begun = std::chrono::steady_clock::now();
  const auto reply = client(in_turn({{.then = ScriptedAnswer::Then::Hang}})).call({}, Deadline::after(150ms));
  ASSERT_FALSE(reply);
  EXPECT_EQ(to_error(reply.error(), "get").code, ErrorCode::DeadlineExceeded);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 2s);
}

TEST_F(AwsClientTest, ServicesDateIsBelievedWhenOurClockIsWrong) {
  const auto skewed = [this](const ReceivedRequest& request) -> ScriptedAnswer {
    if (request.headers.at("x-amz-date").starts_with("20260528T23")) return {};
    return {.status = 403,
            .headers = {{"Date", to_http_date(clock_.now() + 3h)}},
            .body = "<Error><Code>RequestTimeTooSkewed</Code></Error>"};
  };
  AwsClient& calls = client(skewed);
  EXPECT_TRUE(calls.call(once({.method = "POST"}), soon()));
  EXPECT_EQ(calls.clock_offset(), 3h);
  EXPECT_TRUE(calls.call({}, soon()));
  EXPECT_EQ(server_->requests().size(), 3u) << "the second call knows the time";
}

TEST_F(AwsClientTest, ClockThatStaysWrongIsAnErrorAndNoLoop) {
  const auto reply = client(in_turn({{.status = 403,
                                      .headers = {{"Date", "Thu, 28 May 2026 23:26:40 GMT"}},
                                      .body = "<Error><Code>RequestTimeTooSkewed</Code></Error>"}}))
                         .call({}, soon());
  ASSERT_FALSE(reply);
  EXPECT_EQ(server_->requests().size(), 2u);
}

TEST_F(AwsClientTest, RefusedCredentialsAreFetchedAgainOnce) {
  const ScriptedAnswer expired{.status = 400, .body = "<Error><Code>ExpiredToken</Code></Error>"};
  EXPECT_TRUE(client(in_turn({expired, {}})).call({}, soon()));
  EXPECT_FALSE(client(in_turn({expired})).call({}, soon()));
  EXPECT_EQ(server_->requests().size(), 2u);
}

TEST_F(AwsClientTest, StartedCallsOverlap) {
  AwsClient& calls = client([](const ReceivedRequest&) { return ScriptedAnswer{.delay = 200ms}; });
  const auto begun = std::chrono::steady_clock::now();
  auto first = calls.start({}, soon());
  auto second = calls.start({}, soon());
  EXPECT_TRUE(first.get());
  EXPECT_TRUE(second.get());
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 390ms);
}

TEST_F(AwsClientTest, PresignedUrlNamesTheVirtualHost) {
  AwsClient& calls = client(in_turn({{}}));
  const auto url = calls.presign({.path = "/k", .host_prefix = "bucket."}, 60s, soon());
  ASSERT_TRUE(url);
  EXPECT_THAT(url->text, StartsWith("http://bucket.127.0.0.1:"));
  EXPECT_THAT(url->text, HasSubstr("/k?X-Amz-Algorithm=AWS4-HMAC-SHA256"));
  EXPECT_EQ(url->lifetime, 60s);
}

TEST_F(AwsClientTest, PastDeadlineSendsNothing) {
  AwsClient& calls = client(in_turn({{}}));
  ASSERT_TRUE(calls.call({}, soon()));  // so that there is a connection
  const auto late = calls.call({}, Deadline::after(-1s));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().no_answer.code, ErrorCode::DeadlineExceeded);
  ASSERT_TRUE(calls.call({}, soon()));
  EXPECT_EQ(server_->requests().size(), 2u);
}

TEST_F(AwsClientTest, AttemptLastsLongerByWhatTheServiceWaits) {
  AwsClient& calls = client(in_turn({{.delay = 400ms}}), 100ms);
  const auto reply = calls.call({.service_wait = 20s}, soon());
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->attempts, 1);
}

TEST_F(AwsClientTest, PresignedUrlLivesNoLongerThanItsCredentials) {
  AwsClient& calls = client(in_turn({{}}), 10s, {"id", "secret", "session", clock_.now() + 90s});
  EXPECT_EQ(calls.presign({}, 60s, soon())->lifetime, 60s);
  const auto url = calls.presign({}, 3600s, soon());
  EXPECT_EQ(url->lifetime, 90s);
  EXPECT_THAT(url->text, HasSubstr("X-Amz-Expires=90&"));
}

TEST(HttpDate, DatesOfHttpAndOfListsAreRead) {
  const UnixTime time(std::chrono::seconds(1'795'586'400));
  EXPECT_EQ(parse_http_date(to_http_date(time)), time);
  EXPECT_EQ(parse_list_time("2026-11-25T06:00:00.123Z"), time);
  EXPECT_EQ(parse_list_time("2026-11-25T06:00:00Z"), time);
  for (const char* text : {"", "yesterday", "2026-11-25", "2026-11-25T06:00:00.123"}) {
    EXPECT_EQ(parse_list_time(text), std::nullopt) << text;
    EXPECT_EQ(parse_http_date(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace tintype::aws
