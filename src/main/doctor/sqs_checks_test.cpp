#include "main/doctor/sqs_checks.h"

#include "main/doctor/aws_checks.h"
#include "tests/support/aws_checks_fixture.h"

namespace tintype {
namespace {

using namespace testing_support;
using testing::HasSubstr;

std::string fault(const std::string& code) {
  return R"({"__type":"com.amazonaws.sqs#)" + code + R"(","message":"no"})";
}

// Both queues have these; of the dead letters' the policy means nothing.
std::string attributes(const std::string& policy, const std::string& ready = "0") {
  return R"({"Attributes":{"QueueArn":"arn:dead","MaximumMessageSize":"262144","ApproximateNumberOfMessages":")" +
         ready + R"(","RedrivePolicy":")" + policy + "\"}}";
}
std::string policy(const std::string& target, int count) {
  return R"({\"deadLetterTargetArn\":\")" + target + R"(\",\"maxReceiveCount\":)" + std::to_string(count) + "}";
}

class SqsChecks : public AwsChecksFixture {
 protected:
  // By operation; all others are done well.
  DiagnosisReport run_on(std::map<std::string, ScriptedAnswer> answers) {
    answers.emplace("GetQueueUrl", answer(200, R"({"QueueUrl":"http://sqs/0/jobs"})"));
    answers.emplace("GetQueueAttributes", answer(200, attributes(policy("arn:dead", 5))));
    answers.emplace("SendMessageBatch", answer(400, fault("BatchEntryIdsNotDistinct")));
    answers.emplace("DeleteMessage", answer(400, fault("ReceiptHandleIsInvalid")));
    answers.emplace("ChangeMessageVisibility", answer(400, fault("ReceiptHandleIsInvalid")));
    serve([answers](const ReceivedRequest& request) {
      const auto target = request.headers.find("x-amz-target");
      if (target == request.headers.end()) return answer(400, "");
      const auto found = answers.find(target->second.substr(target->second.find('.') + 1));
      return found == answers.end() ? answer(200, "{}") : found->second;
    });
    settings_.sqs_endpoint = server_->url();
    settings_.sqs_queue = "jobs";
    settings_.job_max_attempts = 5;
    sqs_ = make_sqs(aws_, settings_, environment_).value();
    return run({aws_checks(aws_), sqs_checks(aws_, sqs_, settings_)});
  }
  static ScriptedAnswer denied() { return answer(400, fault("AccessDeniedException")); }
  SqsParts sqs_;
};

TEST_F(SqsChecks, GoodQueuePasses) {
  const DiagnosisReport report = run_on({});
  EXPECT_EQ(report.count(CheckState::Ok), 7);
  EXPECT_EQ(outcome(report, "queue").detail, "jobs and jobs-dead");
}

TEST_F(SqsChecks, MissingQueueIsNamedAndTheRestIsNotChecked) {
  const DiagnosisReport report = run_on({{"GetQueueUrl", answer(400, fault("QueueDoesNotExist"))}});
  EXPECT_EQ(outcome(report, "queue").detail, "there is no queue jobs");
  EXPECT_EQ(outcome(report, "queue").advice, "`tintype init` makes it");
  EXPECT_EQ(report.count(CheckState::NotChecked), 3);
}

TEST_F(SqsChecks, OtherNumberOfAttemptsIsNamed) {
  const auto report = run_on({{"GetQueueAttributes", answer(200, attributes(policy("arn:dead", 3)))}});
  EXPECT_THAT(outcome(report, "queue").detail, HasSubstr("after 3 attempts, and job-max-attempts is 5"));
  EXPECT_THAT(outcome(report, "queue").advice, HasSubstr("set job-max-attempts"));
}

TEST_F(SqsChecks, QueueWithoutOrWithAnotherRedrivePolicyIsNamed) {
  auto report = run_on({{"GetQueueAttributes", answer(200, attributes(""))}});
  EXPECT_EQ(outcome(report, "queue").detail, "the queue jobs has no redrive policy");
  report = run_on({{"GetQueueAttributes", answer(200, attributes(policy("arn:other", 5)))}});
  EXPECT_EQ(outcome(report, "queue").detail, "the queue jobs sends its dead letters to arn:other");
  EXPECT_THAT(outcome(report, "queue").advice, HasSubstr("name another queue with sqs-queue"));
}

TEST_F(SqsChecks, DeniedCallsNameTheirPermission) {
  EXPECT_THAT(outcome(run_on({{"GetQueueAttributes", denied()}}), "queue").advice,
              HasSubstr("allow sqs:GetQueueUrl and GetQueueAttributes on the queues jobs and jobs-dead"));
  EXPECT_THAT(outcome(run_on({{"SendMessageBatch", denied()}}), "send").advice, HasSubstr("allow sqs:SendMessage on"));
  EXPECT_THAT(outcome(run_on({{"ReceiveMessage", denied()}}), "receive").advice,
              HasSubstr("allow sqs:ReceiveMessage on"));
  for (const char* operation : {"DeleteMessage", "ChangeMessageVisibility"}) {
    EXPECT_THAT(outcome(run_on({{operation, denied()}}), "settle").advice,
                HasSubstr("allow sqs:DeleteMessage and ChangeMessageVisibility on"));
  }
}

TEST_F(SqsChecks, NoJobLosesAnAttempt) {
  const auto report = run_on({{"GetQueueAttributes", answer(200, attributes(policy("arn:dead", 5), "1"))}});
  EXPECT_EQ(outcome(report, "receive").state, CheckState::NotChecked);
  int received = 0;
  for (const auto& request : server_->requests()) {
    const auto target = request.headers.find("x-amz-target");
    received += target != request.headers.end() && target->second == "AmazonSQS.ReceiveMessage" ? 1 : 0;
  }
  EXPECT_EQ(received, 1) << "of the dead letters";
}

TEST_F(SqsChecks, SettingsThatNameNoQueueAreAnError) {
  const auto message = [&](const std::string& queue) {
    settings_.sqs_queue = queue;
    const auto made = make_sqs(aws_, settings_, environment_);
    return made ? std::string() : made.error().public_message;
  };
  EXPECT_THAT(message(""), HasSubstr("set TINTYPE_SQS_QUEUE or --sqs-queue"));
  EXPECT_THAT(message("a b"), HasSubstr("sqs-queue: \"a b\" is no name of a queue"));
  EXPECT_THAT(message("jobs.fifo"), HasSubstr("FIFO"));
}

}  // namespace
}  // namespace tintype
