// What a server tells a receiver of webhooks.
#include <gmock/gmock.h>

#include <set>

#include "base/base64.h"
#include "base/crypto/sha256.h"
#include "base/text.h"
#include "tests/integration/async_fixture.h"
#include "tests/support/scripted_http_server.h"

namespace tintype {
namespace {

using namespace testing_support;
using testing::IsSupersetOf;

constexpr const char* kKey = "0123456789abcdef0123456789abcdef";

class Webhooks : public AsyncFixture {
 protected:
  Webhooks() : AsyncFixture({"--webhook-secret", "whsec_" + base64_encode(as_bytes(kKey))}) {}

  ServerProcess start_with(const ScriptedHttpServer& receiver, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> flags = {"--webhook-url", receiver.url() + "/hook", "--webhook-allow-private", "yes"};
    flags.insert(flags.end(), more.begin(), more.end());
    return start(flags);
  }
  // "image.completed 01J…" of each, once, however often it was sent.
  static std::set<std::string> told(const ScriptedHttpServer& receiver) {
    std::set<std::string> events;
    for (const ReceivedRequest& request : receiver.requests()) {
      events.insert(json_text(request.body, "type") + ' ' + json_text(request.body, "data.imageId"));
    }
    return events;
  }
  static std::string signature_of(const ReceivedRequest& request) {
    const std::string message =
        request.headers.at("webhook-id") + '.' + request.headers.at("webhook-timestamp") + '.' + request.body;
    return "v1," + base64_encode(hmac_sha256(as_bytes(kKey), as_bytes(message)));
  }
};

TEST_F(Webhooks, EachEventIsSentWithASignatureThatVerifies) {
  const ScriptedHttpServer receiver([](const ReceivedRequest&) { return ScriptedAnswer{.status = 204}; });
  ServerProcess server = start_with(receiver);
  const std::string id = upload(client(server));
  ASSERT_TRUE(becomes(client(server), id, "completed"));
  EXPECT_EQ(client(server).remove("/images/" + id).status, 204);
  const std::set<std::string> all = {"image.processing " + id, "image.completed " + id, "image.deleted " + id};
  EXPECT_TRUE(eventually([&] { return told(receiver) == all; }));
  for (const ReceivedRequest& request : receiver.requests()) {
    EXPECT_EQ(request.target, "/hook");
    EXPECT_EQ(request.headers.at("webhook-signature"), signature_of(request));
    EXPECT_EQ(json_text(request.body, "data.userId"), "ann");
  }
  EXPECT_EQ(receiver.requests().size(), 3U) << "none twice";
  EXPECT_EQ(server.stop(), 0);
}

TEST_F(Webhooks, ReceiverThatWasAwayIsToldLater) {
  std::string id;
  {
    // Nobody does the jobs, so nothing is sent.
    const ScriptedHttpServer nobody([](const ReceivedRequest&) { return ScriptedAnswer{}; });
    ServerProcess server = start_with(nobody, {"--jobs", "off"});
    id = upload(client(server));
    EXPECT_EQ(server.stop(), 0);
    EXPECT_TRUE(nobody.requests().empty());
  }
  std::atomic<int> asked = 0;
  const ScriptedHttpServer receiver([&](const ReceivedRequest&) {
    return ++asked == 1 ? ScriptedAnswer{.status = 500} : ScriptedAnswer{.status = 200};
  });
  ServerProcess server = start_with(receiver);
  EXPECT_TRUE(eventually(
      [&] { return metric_value(client(server), R"(tintype_jobs_total{outcome="retried",type="webhook"})") == 1; }));
  EXPECT_TRUE(eventually(
      [&] { return metric_value(client(server), R"(tintype_jobs_total{outcome="done",type="webhook"})") >= 2; },
      std::chrono::seconds(40)));
  EXPECT_THAT(told(receiver), IsSupersetOf({"image.processing " + id, "image.completed " + id}));
  EXPECT_EQ(server.stop(), 0);
}

TEST_F(Webhooks, PrivateAddressIsRefusedUnlessAllowed) {
  const ScriptedHttpServer receiver([](const ReceivedRequest&) { return ScriptedAnswer{}; });
  {
    const ProgramRun refused = run({"jobs", "--webhook-url", receiver.url()});
    EXPECT_EQ(refused.code, 1);
    EXPECT_THAT(refused.error, testing::HasSubstr("webhook-allow-private"));
  }
  EXPECT_TRUE(receiver.requests().empty());
}

TEST_F(Webhooks, SettingsThatCannotWorkAreToldAtStart) {
  EXPECT_THAT(run({"jobs", "--webhook-url", "ftp://example.com/"}).error, testing::HasSubstr("webhook-url"));
  EXPECT_THAT(run({"jobs", "--webhook-url", "https://example.com/", "--webhook-secret", "short"}).error,
              testing::HasSubstr("webhook-secret"));
}

}  // namespace
}  // namespace tintype
