#include "adapters/aws/http_client.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "tests/support/process_tree.h"
#include "tests/support/scripted_http_server.h"

namespace tintype::aws {
namespace {

using namespace std::chrono_literals;

using testing_support::eventually;
using testing_support::ReceivedRequest;
using testing_support::ScriptedAnswer;
using testing_support::ScriptedHttpServer;

Deadline soon() {
  return Deadline::after(20s);
}
ScriptedAnswer ok(const ReceivedRequest& request) {
  return {.headers = {{"X-Method", request.method}}, .body = request.target};
}
ScriptedAnswer reset(const ReceivedRequest& /*request*/) {
  return {.then = ScriptedAnswer::Then::Reset};
}
ScriptedAnswer hang(const ReceivedRequest& /*request*/) {
  return {.then = ScriptedAnswer::Then::Hang};
}

class HttpClientTest : public testing::Test {
 protected:
  static HttpClient::Options options() { return {.proxy_from_environment = false}; }
  static HttpRequest put(const std::string& url, std::string_view body) {
    return {.method = "PUT", .url = url, .body = as_bytes(body)};
  }

  HttpClient client_{options()};
};

TEST_F(HttpClientTest, AnswerComesWithStatusFieldsAndBody) {
  const ScriptedHttpServer server([](const ReceivedRequest&) {
    return ScriptedAnswer{.status = 418, .headers = {{"ETag", "\"1\""}, {"Empty", ""}}, .body = "short and stout"};
  });
  const auto reply = client_.send({.url = server.url() + "/pot"}, soon());
  ASSERT_TRUE(reply) << to_string(reply.error().error);
  EXPECT_EQ(reply->status, 418);
  EXPECT_EQ(field_or_empty(reply->headers, "etag"), "\"1\"");
  EXPECT_NE(find_field(reply->headers, "empty"), nullptr);
  EXPECT_EQ(reply->body, "short and stout");
}

TEST_F(HttpClientTest, TargetIsSentByteForByte) {
  const ScriptedHttpServer server(ok);
  const std::string target = "/a//b/../c%2F?x=%2B&uploads=";
  EXPECT_EQ(client_.send({.url = server.url() + target}, soon())->body, target);
}

TEST_F(HttpClientTest, BodyAndFieldsArriveAndNoneIsInvented) {
  const ScriptedHttpServer server(ok);
  const std::string body(300'000, 'x');
  HttpRequest request = put(server.url(), body);
  request.headers = {{"Content-Type", "image/webp"}, {"x-amz-meta-empty", ""}};
  ASSERT_TRUE(client_.send(request, soon()));
  request.method = "POST";
  request.headers.clear();
  ASSERT_TRUE(client_.send(request, soon()));
  const auto received = server.requests();
  ASSERT_EQ(received.size(), 2u);
  EXPECT_EQ(received[0].method, "PUT");
  EXPECT_TRUE(received[0].body == body);
  EXPECT_EQ(received[0].headers.at("content-type"), "image/webp");
  EXPECT_EQ(received[0].headers.at("x-amz-meta-empty"), "");
  EXPECT_FALSE(received[0].headers.contains("expect"));
  EXPECT_EQ(received[1].method, "POST");
  EXPECT_TRUE(received[1].body == body);
  EXPECT_FALSE(received[1].headers.contains("content-type"));
}

TEST_F(HttpClientTest, HeadAndDeleteHaveNoBody) {
  const ScriptedHttpServer server(ok);
  const auto head = client_.send({.method = "HEAD", .url = server.url() + "/k"}, soon());
  EXPECT_EQ(head->body, "");
  EXPECT_EQ(field_or_empty(head->headers, "x-method"), "HEAD");
  EXPECT_EQ(field_or_empty(client_.send({.method = "DELETE", .url = server.url()}, soon())->headers, "x-method"),
            "DELETE");
}

TEST_F(HttpClientTest, ConnectionIsKept) {
  const ScriptedHttpServer server(ok);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(client_.send({.url = server.url()}, soon()));
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(client_.counts().connections_opened, 1u);
}

TEST_F(HttpClientTest, RequestsOverlapOnNoMoreThanTheAllowedConnections) {
  const ScriptedHttpServer server([](const ReceivedRequest&) { return ScriptedAnswer{.delay = 100ms}; });
  HttpClient::Options few = options();
  few.connections_per_host = 4;
  HttpClient client(few);
  const auto begun = std::chrono::steady_clock::now();
  std::vector<PendingReply> pending;
  for (int i = 0; i < 12; ++i) pending.push_back(client.start({.url = server.url()}, soon()));
  for (auto& reply : pending) EXPECT_TRUE(reply.get());
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 900ms) << "12 in turn take 1200 ms";
  EXPECT_LE(server.connections(), 4);
}

TEST_F(HttpClientTest, FullLineIsOverloadedAtOnce) {
  const ScriptedHttpServer server(hang);
  HttpClient::Options few = options();
  few.connections_per_host = 1;
  few.waiting = 1;
  HttpClient client(few);
  const auto first = client.start({.url = server.url()}, soon());
  const auto second = client.start({.url = server.url()}, soon());
  const auto third = client.send({.url = server.url()}, soon());
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().error.code, ErrorCode::Overloaded);
  EXPECT_EQ(third.error().reach, HttpFailure::Reach::NotSent);
}

TEST_F(HttpClientTest, DeadlineEndsATransferThatHangs) {
  const ScriptedHttpServer server(hang);
  const auto begun = std::chrono::steady_clock::now();
  const auto reply = client_.send({.url = server.url()}, Deadline::after(100ms));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().error.code, ErrorCode::DeadlineExceeded);
  EXPECT_EQ(reply.error().reach, HttpFailure::Reach::MayHaveArrived);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 2s);
  EXPECT_EQ(client_.counts().in_flight, 0u);
}

TEST_F(HttpClientTest, DeadlineCountsInTheLineForAConnection) {
  const ScriptedHttpServer server(hang);
  HttpClient::Options one = options();
  one.connections_per_host = 1;
  HttpClient client(one);
  const auto first = client.start({.url = server.url()}, soon());
  const auto second = client.send({.url = server.url()}, Deadline::after(100ms));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().error.code, ErrorCode::DeadlineExceeded);
  EXPECT_EQ(second.error().reach, HttpFailure::Reach::NotSent);
}

TEST_F(HttpClientTest, RefusedConnectionIsNotSent) {
  std::string url;
  {
    const ScriptedHttpServer gone(ok);
    url = gone.url();
  }
  const auto reply = client_.send({.url = url}, soon());
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().error.code, ErrorCode::StoreUnavailable);
  EXPECT_EQ(reply.error().reach, HttpFailure::Reach::NotSent);
}

TEST_F(HttpClientTest, LostAnswerMayHaveArrived) {
  const ScriptedHttpServer server(reset);
  const auto reply = client_.send(put(server.url(), "x"), soon());
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().error.code, ErrorCode::StoreUnavailable);
  EXPECT_EQ(reply.error().reach, HttpFailure::Reach::MayHaveArrived);
}

// libcurl would repeat it on a new connection by itself.
TEST_F(HttpClientTest, RequestThatMustNotBeExecutedTwiceIsNotSentAgain) {
  std::atomic<int> seen = 0;
  const ScriptedHttpServer server(
      [&](const ReceivedRequest& request) { return ++seen % 2 == 0 ? reset(request) : ok(request); });
  HttpRequest request = put(server.url(), "x");
  request.idempotent = false;
  ASSERT_TRUE(client_.send(request, soon()));
  const auto lost = client_.send(request, soon());  // on the kept connection, which dies
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().reach, HttpFailure::Reach::MayHaveArrived);
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST_F(HttpClientTest, BodyAboveItsLimitIsAFailure) {
  const ScriptedHttpServer server(
      [](const ReceivedRequest&) { return ScriptedAnswer{.body = std::string(1001, 'x')}; });
  EXPECT_FALSE(client_.send({.url = server.url(), .reply_limit = 1000}, soon()));
  EXPECT_TRUE(client_.send({.url = server.url(), .reply_limit = 1001}, soon()));
}

TEST_F(HttpClientTest, PendingReplyThatIsDroppedEndsItsTransfer) {
  const ScriptedHttpServer server(hang);
  {
    const std::string body = "gone soon";
    const auto pending = client_.start(put(server.url(), body), soon());
    EXPECT_TRUE(eventually([&] { return server.requests().size() == 1; }));
  }
  EXPECT_EQ(client_.counts().in_flight, 0u);
}

TEST_F(HttpClientTest, EndOfTheClientEndsWhatWaits) {
  const ScriptedHttpServer server(hang);
  auto client = std::make_unique<HttpClient>(options());
  auto pending = client->start({.url = server.url()}, soon());
  EXPECT_TRUE(eventually([&] { return server.requests().size() == 1; }));
  std::thread ending([&] { client.reset(); });
  const auto reply = pending.get();
  ending.join();
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().error.code, ErrorCode::StoreUnavailable);
}

}  // namespace
}  // namespace tintype::aws
