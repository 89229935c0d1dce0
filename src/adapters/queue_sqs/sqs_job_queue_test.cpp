// What SQS does that a test engine never does, against a scripted one: batches of which some fail, receipts that have
// expired, answers that are lost. The contract is tested on an engine (tests/contract/sqs_contract.cpp).
#include "adapters/queue_sqs/sqs_job_queue.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "tests/support/fake_clock.h"
#include "tests/support/scripted_aws_service.h"

namespace tintype {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing_support::FakeClock;
using testing_support::ReceivedRequest;
using testing_support::ScriptedAnswer;
using testing_support::ScriptedAwsService;

Deadline soon() {
  return Deadline::after(20s);
}

ScriptedAnswer done(const std::string& members = "") {
  return {.body = '{' + members + '}'};
}
ScriptedAnswer error(const std::string& code, int status = 400) {
  return {.status = status, .body = R"({"__type":"com.amazonaws.sqs#)" + code + R"(","message":"no"})"};
}
ScriptedAnswer lost() {
  return {.then = ScriptedAnswer::Then::Reset};
}
std::string successful(const std::string& ids) {
  std::string list;
  for (const char id : ids) list += std::string(list.empty() ? "" : ",") + R"({"Id":")" + id + "\"}";
  return R"("Successful":[)" + list + ']';
}
std::string failed(char id, const std::string& code, bool is_fault) {
  return std::string(R"("Failed":[{"Id":")") + id + R"(","Code":")" + code + R"(","SenderFault":)" +
         (is_fault ? "true" : "false") + "}]";
}

// Gives the answers one by one, and then only that something is wrong with the request.
class SqsJobQueueTest : public testing::Test {
 protected:
  SqsJobQueue& queue(std::vector<ScriptedAnswer> answers, sqs::QueueAddress address = kByUrl) {
    answers_ = std::move(answers);
    service_ = std::make_unique<ScriptedAwsService>("sqs", [this](const ReceivedRequest&) {
      return next_ == answers_.size() ? error("ValidationError") : answers_[next_++];
    });
    queue_ = std::make_unique<SqsJobQueue>(
        service_->client(), clock_,
        SqsJobQueue::Options{
            .queue = std::move(address), .max_attempts = 3, .retry = ScriptedAwsService::hardly_a_pause()});
    return *queue_;
  }
  // "SendMessage", with the queue that it went to if that is the dead letters'.
  std::vector<std::string> operations() const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < service_->requests().size(); ++i) {
      std::string name = service_->requests()[i].headers.at("x-amz-target").substr(std::string("AmazonSQS.").size());
      const auto body = sent(i);
      if (body.contains("QueueUrl") && body.at("QueueUrl").as_string().ends_with("-dead")) name += " (dead)";
      names.push_back(std::move(name));
    }
    return names;
  }
  boost::json::object sent(std::size_t request) const {
    return boost::json::parse(service_->requests().at(request).body).as_object();
  }
  std::size_t entries(std::size_t request) const { return sent(request).at("Entries").as_array().size(); }
  static std::vector<NewJob> jobs(int count, std::size_t size = 10) {
    std::vector<NewJob> all;
    for (int i = 0; i < count; ++i) all.push_back({.key = std::to_string(i), .body = std::string(size, 'x')});
    return all;
  }
  static ReceivedJob received(int attempt) {
    return {.job = jobs(1).front(), .receipt = "receipt", .attempt = attempt, .pushed_at = {}};
  }

  static inline const sqs::QueueAddress kByUrl{.name = "jobs", .url = "http://sqs/0/jobs"};
  const FakeClock clock_;
  std::vector<ScriptedAnswer> answers_;
  std::size_t next_ = 0;  // the server calls one at a time
  std::unique_ptr<ScriptedAwsService> service_;
  std::unique_ptr<SqsJobQueue> queue_;
};

TEST_F(SqsJobQueueTest, QueueIsLookedUpOnce) {
  auto& queue = this->queue({done(R"("QueueUrl":"http://sqs/0/jobs")"), done(successful("0")), done(successful("0"))},
                            {.name = "jobs"});
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(queue.push(jobs(1), soon()));
  EXPECT_THAT(operations(), ElementsAre("GetQueueUrl", "SendMessageBatch", "SendMessageBatch"));
  EXPECT_EQ(sent(2).at("QueueUrl").as_string(), "http://sqs/0/jobs");
}

TEST_F(SqsJobQueueTest, OnlyWhatFailedOfABatchIsSentAgain) {
  auto& queue =
      this->queue({done(successful("02") + ',' + failed('1', "InternalError", false)), done(successful("1"))});
  EXPECT_TRUE(queue.push(jobs(3), soon()));
  EXPECT_EQ(entries(0), 3u);
  EXPECT_EQ(entries(1), 1u);
}

TEST_F(SqsJobQueueTest, EntryThatTheAnswerDoesNotNameIsSentAgain) {
  auto& queue = this->queue({done(), done(successful("0"))});
  EXPECT_TRUE(queue.push(jobs(1), soon()));
  EXPECT_EQ(entries(1), 1u);
}

TEST_F(SqsJobQueueTest, BatchThatKeepsFailingIsStoreUnavailable) {
  auto& queue = this->queue(std::vector<ScriptedAnswer>(20, done(failed('0', "InternalError", false))));
  EXPECT_EQ(queue.push(jobs(1), soon()).error().code, ErrorCode::StoreUnavailable);
  EXPECT_EQ(operations().size(), 5u);
}

TEST_F(SqsJobQueueTest, MessageThatSqsRefusesIsNotSentAgain) {
  auto& queue = this->queue({done(failed('0', "InvalidMessageContents", true)), done(successful("0"))});
  const auto pushed = queue.push(jobs(1), soon());
  EXPECT_EQ(pushed.error().code, ErrorCode::Internal);
  EXPECT_THAT(pushed.error().detail, HasSubstr("InvalidMessageContents"));
  EXPECT_EQ(operations().size(), 1u);
}

TEST_F(SqsJobQueueTest, LargeJobsGoInSeveralCalls) {
  auto& queue = this->queue({done(successful("0")), done(successful("01"))});
  std::vector<NewJob> all = jobs(1, 200'000);
  const std::vector<NewJob> smaller = jobs(3, 100'000);
  all.insert(all.end(), smaller.begin() + 1, smaller.end());
  EXPECT_TRUE(queue.push(all, soon()));
  EXPECT_EQ(entries(0), 1u);
  EXPECT_EQ(entries(1), 2u);
}

TEST_F(SqsJobQueueTest, LostAnswerOfASendIsSentAgain) {
  auto& queue = this->queue({lost(), done(successful("0"))});
  EXPECT_TRUE(queue.push(jobs(1), soon()));
  EXPECT_EQ(entries(1), 1u);
}

TEST_F(SqsJobQueueTest, OldReceiptIsLostForExtendAndNothingForTheRest) {
  for (const char* code : {"ReceiptHandleIsInvalid", "MessageNotInflight", "InvalidParameterValue"}) {
    next_ = 0;
    auto& queue = this->queue(std::vector<ScriptedAnswer>(4, error(code)));
    EXPECT_EQ(queue.extend(received(1), 30s, soon()).error().code, ErrorCode::ClaimLost) << code;
    EXPECT_EQ(queue.retry(received(1), 30s, "no", soon()).value_or(true), false) << code;
    EXPECT_EQ(queue.retry(received(3), 30s, "no", soon()).value_or(true), false) << code;
    EXPECT_TRUE(queue.abort(received(1), "no", soon())) << code;
    EXPECT_THAT(operations(), testing::Each("ChangeMessageVisibility"));
  }
  next_ = 0;
  auto& queue = this->queue({done(failed('0', "ReceiptHandleIsInvalid", true))});
  EXPECT_TRUE(queue.finish(std::vector{received(1)}, soon()));
}

TEST_F(SqsJobQueueTest, OtherErrorsOfVisibilityAreErrors) {
  auto& queue = this->queue({error("QueueDoesNotExist"), error("AccessDeniedException", 403)});
  EXPECT_EQ(queue.extend(received(1), 30s, soon()).error().code, ErrorCode::StoreUnavailable);
  EXPECT_EQ(queue.retry(received(1), 30s, "no", soon()).error().code, ErrorCode::StoreUnavailable);
}

TEST_F(SqsJobQueueTest, DeadLetterIsSentBeforeTheJobIsTakenAway) {
  auto& queue = this->queue({done(), done(successful("0")), done(successful("0"))});
  EXPECT_EQ(queue.retry(received(3), 0s, "no luck", soon()).value_or(false), true);
  EXPECT_THAT(operations(), ElementsAre("ChangeMessageVisibility", "SendMessageBatch (dead)", "DeleteMessageBatch"));
  EXPECT_THAT(boost::json::serialize(sent(1)), HasSubstr(R"("StringValue":"no luck")"));
}

TEST_F(SqsJobQueueTest, JobStaysWhereItsDeadLetterCannotBeSent) {
  auto& queue = this->queue({done(), error("QueueDoesNotExist"), done(successful("0"))});
  EXPECT_EQ(queue.abort(received(1), "no", soon()).error().code, ErrorCode::StoreUnavailable);
  EXPECT_THAT(operations(), ElementsAre("ChangeMessageVisibility", "SendMessageBatch (dead)"));
}

TEST_F(SqsJobQueueTest, LeasesAndDelaysAreWholeSecondsThatSqsTakes) {
  auto& queue = this->queue(std::vector<ScriptedAnswer>(6, done()));
  const auto seconds = [&] { return sent(operations().size() - 1).at("VisibilityTimeout").to_number<int>(); };
  ASSERT_TRUE(queue.extend(received(1), 1ms, soon()));
  EXPECT_EQ(seconds(), 1);
  ASSERT_TRUE(queue.extend(received(1), 1001ms, soon()));
  EXPECT_EQ(seconds(), 2);
  ASSERT_TRUE(queue.extend(received(1), 13h, soon()));
  EXPECT_EQ(seconds(), 43'200);
  ASSERT_TRUE(queue.retry(received(1), 0ms, "no", soon()));
  EXPECT_EQ(seconds(), 0);
  ASSERT_TRUE(queue.retry(received(1), 1ms, "no", soon()));
  EXPECT_EQ(seconds(), 1);
  ASSERT_TRUE(queue.receive(1, 1500ms, 0ms, soon()));
  EXPECT_EQ(seconds(), 2);
}

TEST_F(SqsJobQueueTest, PollEndsBeforeTheDeadlineAndAfterTwentySecondsAtMost) {
  const std::string one = R"("Messages":[{"ReceiptHandle":"r","Body":"b"}])";
  auto& queue = this->queue(std::vector<ScriptedAnswer>(4, done(one)));
  const auto waited = [&](std::chrono::milliseconds wait, Deadline deadline) {
    EXPECT_TRUE(queue.receive(1, 30s, wait, deadline));
    return sent(operations().size() - 1).at("WaitTimeSeconds").to_number<int>();
  };
  EXPECT_EQ(waited(60s, Deadline::after(60s)), 20);
  EXPECT_EQ(waited(60s, Deadline::after(7500ms)), 6);
  EXPECT_EQ(waited(900ms, Deadline::after(60s)), 0);
  EXPECT_EQ(waited(5500ms, Deadline::after(60s)), 5);
}

TEST_F(SqsJobQueueTest, MessageOfOthersIsGivenWithoutAKey) {
  auto& queue = this->queue({done(
      R"("Messages":[{"MessageId":"m","ReceiptHandle":"r","Body":"hi","Attributes":{"SentTimestamp":"1790000000000"}}])")});
  const auto given = queue.receive(1, 30s, 0s, soon());
  ASSERT_TRUE(given);
  EXPECT_EQ(given->at(0).job, (NewJob{.key = "", .body = "hi"}));
  EXPECT_EQ(given->at(0).pushed_at.time_since_epoch(), 1'790'000'000'000ms);
}

TEST_F(SqsJobQueueTest, ListingOfDeadLettersShowsEachOnceAndEnds) {
  const std::string two = R"("Messages":[{"MessageId":"a","ReceiptHandle":"r"},{"MessageId":"b","ReceiptHandle":"s"}])";
  auto& queue = this->queue(std::vector<ScriptedAnswer>(20, done(two)));
  const auto dead = queue.dead(100, soon());
  ASSERT_TRUE(dead);
  EXPECT_EQ(dead->size(), 2u);
  EXPECT_EQ(operations().size(), 4u);
  EXPECT_EQ(sent(0).at("VisibilityTimeout").to_number<int>(), 0);
}

TEST_F(SqsJobQueueTest, QueueThatIsGoneIsStoreUnavailable) {
  auto& queue = this->queue(std::vector<ScriptedAnswer>(3, error("QueueDoesNotExist")));
  EXPECT_EQ(queue.check(soon()).error().code, ErrorCode::StoreUnavailable);
  EXPECT_EQ(queue.depth(soon()).error().code, ErrorCode::StoreUnavailable);
  EXPECT_EQ(queue.receive(1, 30s, 0s, soon()).error().code, ErrorCode::StoreUnavailable);
}

}  // namespace
}  // namespace tintype
