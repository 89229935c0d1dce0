#include "service/webhook_handler.h"

#include <gtest/gtest.h>

#include "model/jobs/job.h"

namespace tintype {
namespace {

using namespace std::chrono_literals;
using Kind = JobResult::Kind;

class ScriptedSender final : public WebhookSender {
 public:
  WebhookAnswer send(const Webhook& webhook, Deadline deadline) override {
    sent = webhook;
    until = deadline;
    return answer;
  }
  WebhookAnswer answer;
  Webhook sent;
  Deadline until = Deadline::never();
};

class Held final : public JobHold {
 public:
  Deadline deadline() const override { return end; }
  const Deadline end = Deadline::after(10s);
};

class WebhookHandlerTest : public testing::Test {
 protected:
  JobResult run(int attempt = 1) {
    return handler_.run({.body = body_, .number = attempt, .is_last = false, .hold = held_});
  }

  std::string body_ = new_job(WebhookJob{.event_id = "01EVENT", .timestamp = 1, .payload = R"({"a":1})"}).body;
  Held held_;
  ScriptedSender sender_;
  WebhookHandler handler_{sender_, [] { return 0.5; }};
};

TEST_F(WebhookHandlerTest, PayloadIsSentUnderTheIdOfTheEventWithinTheHold) {
  EXPECT_EQ(run().kind, Kind::Done);
  EXPECT_EQ(sender_.sent.id, "01EVENT");
  EXPECT_EQ(sender_.sent.body, R"({"a":1})");
  EXPECT_EQ(sender_.until.time_point(), held_.end.time_point());
}

TEST_F(WebhookHandlerTest, FailedOneIsSentAgainLaterEachTime) {
  sender_.answer = {.kind = WebhookAnswer::Kind::Failed, .reason = "answered with 500"};
  EXPECT_EQ(run(1).kind, Kind::Retry);
  EXPECT_EQ(run(1).reason, "webhook: answered with 500");
  EXPECT_EQ(run(1).delay, 3750ms);  // 5 s, times 0.75
  EXPECT_EQ(run(2).delay, 225s);
  EXPECT_EQ(run(3).delay, 1350s);
  EXPECT_EQ(run(4).delay, 45min);
  EXPECT_EQ(run(50).delay, 45min);
}

TEST_F(WebhookHandlerTest, RetryAfterIsHonouredIfItIsLongerButNotWithoutEnd) {
  sender_.answer = {.kind = WebhookAnswer::Kind::Failed, .retry_after = 120s};
  EXPECT_EQ(run(1).delay, 120s);
  EXPECT_EQ(run(2).delay, 225s);
  sender_.answer.retry_after = 100h;
  EXPECT_EQ(run(1).delay, 12h);
}

TEST_F(WebhookHandlerTest, ReceiverThatWantsNoMoreIsNotAskedAgain) {
  sender_.answer = {.kind = WebhookAnswer::Kind::Gone, .reason = "answered with 410"};
  EXPECT_EQ(run().kind, Kind::GiveUp);
}

TEST_F(WebhookHandlerTest, JobThatCannotBeReadIsGivenUp) {
  body_ = R"({"type":"webhook"})";
  EXPECT_EQ(run().kind, Kind::GiveUp);
  EXPECT_TRUE(sender_.sent.id.empty());
}

}  // namespace
}  // namespace tintype
