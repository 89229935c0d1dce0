#include "adapters/webhook_http/http_webhook_sender.h"

#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdlib>

#include "base/text.h"
#include "tests/support/fake_clock.h"
#include "tests/support/scripted_http_server.h"

namespace tintype {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using Kind = WebhookAnswer::Kind;

const std::string kBody = R"({"type":"image.completed","data":{"title":"Käse"}})";
const std::string kKey(24, 'k');

// With OpenSSL alone, as a receiver could.
std::string expected_signature(const ReceivedRequest& request) {
  const std::string message =
      request.headers.at("webhook-id") + '.' + request.headers.at("webhook-timestamp") + '.' + request.body;
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), kKey.data(), static_cast<int>(kKey.size()), reinterpret_cast<const unsigned char*>(message.data()),
       message.size(), digest, &size);
  unsigned char text[64] = {};
  EVP_EncodeBlock(text, digest, static_cast<int>(size));
  return std::string("v1,") + reinterpret_cast<const char*>(text);
}

ScriptedAnswer ok(const ReceivedRequest& /*request*/) {
  return {.status = 204};
}

class HttpWebhookSenderTest : public testing::Test {
 protected:
  static Deadline soon() { return Deadline::after(20s); }
  static WebhookEndpoint endpoint(std::string url, bool allow_private = true) {
    const auto key = as_bytes(kKey);
    return {.url = std::move(url), .key = {key.begin(), key.end()}, .allow_private = allow_private};
  }
  WebhookAnswer send(const std::string& url, bool allow_private = true, std::chrono::milliseconds timeout = 10s) {
    HttpWebhookSender sender(endpoint(url, allow_private), clock_, {.user_agent = "tintype/1.2", .timeout = timeout});
    return sender.send({.id = "01EVENT", .body = kBody}, soon());
  }
  // What becomes of an answer with this status.
  WebhookAnswer answered(int status, std::vector<std::pair<std::string, std::string>> headers = {}) {
    const ScriptedHttpServer server(
        [&](const ReceivedRequest&) { return ScriptedAnswer{.status = status, .headers = headers, .body = "so"}; });
    return send(server.url());
  }

  FakeClock clock_;
};

TEST_F(HttpWebhookSenderTest, RequestIsASignedPostOfTheBody) {
  const ScriptedHttpServer server(ok);
  EXPECT_EQ(send(server.url() + "/hooks?x=1").kind, Kind::Accepted);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 1u);
  const ReceivedRequest& request = requests[0];
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/hooks?x=1");
  EXPECT_EQ(request.body, kBody);
  EXPECT_EQ(request.headers.at("content-type"), "application/json");
  EXPECT_EQ(request.headers.at("user-agent"), "tintype/1.2");
  EXPECT_EQ(request.headers.at("webhook-id"), "01EVENT");
  EXPECT_EQ(request.headers.at("webhook-timestamp"), "1780000000");
  EXPECT_EQ(request.headers.at("webhook-signature"), expected_signature(request));
  EXPECT_FALSE(request.headers.contains("expect"));
}

TEST_F(HttpWebhookSenderTest, SecondAttemptHasTheSameIdAndATimeOfItsOwn) {
  const ScriptedHttpServer server(ok);
  send(server.url());
  clock_.advance(5min);
  send(server.url());
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[1].headers.at("webhook-id"), requests[0].headers.at("webhook-id"));
  EXPECT_EQ(requests[1].headers.at("webhook-timestamp"), "1780000300");
  EXPECT_EQ(requests[1].headers.at("webhook-signature"), expected_signature(requests[1]));
}

TEST_F(HttpWebhookSenderTest, OnlyStatusesOf2xxAreAccepted) {
  for (const int status : {200, 201, 202, 204, 299}) EXPECT_EQ(answered(status).kind, Kind::Accepted) << status;
  for (const int status : {300, 304, 400, 401, 403, 404, 408, 409, 422, 425, 429, 500, 502, 503, 504}) {
    const auto answer = answered(status);
    EXPECT_EQ(answer.kind, Kind::Failed) << status;
    EXPECT_THAT(answer.reason, HasSubstr(std::to_string(status)));
  }
}

TEST_F(HttpWebhookSenderTest, GoneMeansThatNoMoreAreWanted) {
  EXPECT_EQ(answered(410).kind, Kind::Gone);
}

TEST_F(HttpWebhookSenderTest, RetryAfterIsReadInSecondsAndAsADate) {
  EXPECT_EQ(answered(503, {{"Retry-After", "120"}}).retry_after, 120s);
  const auto in_an_hour = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) + 1h;
  const auto until = answered(429, {{"Retry-After", to_http_date(in_an_hour)}}).retry_after;
  ASSERT_TRUE(until);
  EXPECT_GT(*until, 59min);
  EXPECT_LE(*until, 1h);
  EXPECT_EQ(answered(503).retry_after, std::nullopt);
  EXPECT_EQ(answered(503, {{"Retry-After", "soon"}}).retry_after, std::nullopt);
}

TEST_F(HttpWebhookSenderTest, RedirectIsNotFollowed) {
  const ScriptedHttpServer target(ok);
  for (const int status : {301, 302, 307, 308}) {
    const auto answer = answered(status, {{"Location", target.url()}});
    EXPECT_EQ(answer.kind, Kind::Failed);
    EXPECT_THAT(answer.reason, HasSubstr("redirect"));
  }
  EXPECT_EQ(target.connections(), 0);
}

TEST_F(HttpWebhookSenderTest, ServerThatHangsIsLeftAfterTheTimeout) {
  const ScriptedHttpServer server(
      [](const ReceivedRequest&) { return ScriptedAnswer{.then = ScriptedAnswer::Then::Hang}; });
  const auto begin = std::chrono::steady_clock::now();
  const auto answer = send(server.url(), true, 200ms);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
  EXPECT_EQ(answer.kind, Kind::Failed);
  EXPECT_EQ(answer.reason, "no answer in time");
}

TEST_F(HttpWebhookSenderTest, DeadlineOfTheCallerIsKept) {
  const ScriptedHttpServer server(
      [](const ReceivedRequest&) { return ScriptedAnswer{.then = ScriptedAnswer::Then::Hang}; });
  HttpWebhookSender sender(endpoint(server.url()), clock_, {});
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(sender.send({.id = "1", .body = "{}"}, Deadline::after(200ms)).kind, Kind::Failed);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 9s);
  EXPECT_EQ(sender.send({.id = "2", .body = "{}"}, Deadline::after(0ms)).kind, Kind::Failed);
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(HttpWebhookSenderTest, ConnectionThatIsResetOrRefusedIsAFailureWithoutTheUrlInIt) {
  std::string url;
  {
    const ScriptedHttpServer server(
        [](const ReceivedRequest&) { return ScriptedAnswer{.then = ScriptedAnswer::Then::Reset}; });
    url = server.url();
    const auto answer = send(url + "/hush");
    EXPECT_EQ(answer.kind, Kind::Failed);
    EXPECT_THAT(answer.reason, Not(HasSubstr("hush")));
  }
  const auto answer = send(url + "/hush");
  EXPECT_EQ(answer.kind, Kind::Failed);
  EXPECT_THAT(answer.reason, Not(HasSubstr("hush")));
}

TEST_F(HttpWebhookSenderTest, LongAnswerIsNotReadToItsEndAndItsStatusCounts) {
  const ScriptedHttpServer server(
      [](const ReceivedRequest&) { return ScriptedAnswer{.body = std::string(8 << 20, 'x')}; });
  EXPECT_EQ(send(server.url()).kind, Kind::Accepted);
}

TEST_F(HttpWebhookSenderTest, PrivateAddressIsRefusedHoweverItIsWritten) {
  const ScriptedHttpServer server(ok);
  const std::string port = server.url().substr(server.url().rfind(':'));
  for (const std::string host : {"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "127.1",
                                 "0x7f000001", "2130706433", "0.0.0.0", "[::1]", "[::]"}) {
    const auto answer = send("http://" + host + port + "/", false);
    EXPECT_EQ(answer.kind, Kind::Failed) << host;
    EXPECT_THAT(answer.reason, HasSubstr("webhook-allow-private")) << host;
  }
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(HttpWebhookSenderTest, PrivateAddressIsReachedIfAllowed) {
  const ScriptedHttpServer server(ok);
  const std::string port = server.url().substr(server.url().rfind(':'));
  for (const std::string host : {"127.0.0.1", "localhost", "[::ffff:127.0.0.1]"}) {
    EXPECT_EQ(send("http://" + host + port + "/").kind, Kind::Accepted) << host;
  }
}

TEST_F(HttpWebhookSenderTest, OtherProtocolsAreNotSpoken) {
  EXPECT_EQ(send("file:///etc/hostname").kind, Kind::Failed);
  EXPECT_EQ(send("gopher://127.0.0.1/").kind, Kind::Failed);
}

TEST_F(HttpWebhookSenderTest, ProxyOfTheEnvironmentIsNotUsed) {
  const ScriptedHttpServer proxy(ok);
  const ScriptedHttpServer server(ok);
  ::setenv("http_proxy", proxy.url().c_str(), 1);
  ::setenv("all_proxy", proxy.url().c_str(), 1);
  EXPECT_EQ(send(server.url()).kind, Kind::Accepted);
  ::unsetenv("http_proxy");
  ::unsetenv("all_proxy");
  EXPECT_EQ(proxy.connections(), 0);
  EXPECT_EQ(server.connections(), 1);
}

}  // namespace
}  // namespace tintype
