#include "adapters/queue_sqs/queues.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "tests/support/scripted_aws_service.h"

namespace tintype::sqs {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing_support::ReceivedRequest;
using testing_support::ScriptedAnswer;
using testing_support::ScriptedAwsService;

Deadline soon() {
  return Deadline::after(20s);
}

// As much of SQS as making queues takes.
class SqsQueuesTest : public testing::Test {
 protected:
  ScriptedAnswer answer(const ReceivedRequest& request) {
    const auto input = boost::json::parse(request.body).as_object();
    const std::string operation = request.headers.at("x-amz-target").substr(std::string("AmazonSQS.").size());
    const auto by_name = input.if_contains("QueueName");
    const std::string name(by_name != nullptr ? by_name->as_string() : input.at("QueueUrl").as_string());
    if (operation == "CreateQueue") ++created_;
    if (operation == "CreateQueue") there_[name] = {{"QueueArn", "arn:" + name}};
    if (!there_.contains(name)) return {.status = 400, .body = R"({"__type":"com.amazonaws.sqs#QueueDoesNotExist"})"};
    if (operation == "SetQueueAttributes") {
      for (const auto& [key, value] : input.at("Attributes").as_object()) {
        there_[name][key] = std::string(value.as_string());
      }
    }
    boost::json::object attributes;
    for (const auto& [key, value] : there_[name]) attributes[key] = value;
    return {.body = boost::json::serialize(boost::json::object{{"QueueUrl", name}, {"Attributes", attributes}})};
  }
  void set_policy(const std::string& target, const std::string& count) {
    there_["jobs"]["RedrivePolicy"] = R"({"deadLetterTargetArn":")" + target + R"(","maxReceiveCount":)" + count + '}';
  }
  std::string check() {
    const auto checked = check_queues(pair_, soon());
    return checked ? "fine" : checked.error().detail;
  }

  std::map<std::string, Attributes> there_;  // used by the server's script, one request at a time
  int created_ = 0;
  ScriptedAwsService service_{"sqs", [this](const ReceivedRequest& request) { return answer(request); }};
  Queue jobs_{service_.client(), {.name = "jobs"}, {}};
  Queue dead_{service_.client(), {.name = "jobs-dead"}, {}};
  const QueuePair pair_{jobs_, dead_, 5};
};

TEST_F(SqsQueuesTest, AreMadeOnceAndAreFineThen) {
  EXPECT_THAT(check(), HasSubstr("there is no queue jobs; `tintype init` makes it"));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(create_queues(pair_, soon()));
  EXPECT_EQ(created_, 2);
  EXPECT_EQ(check(), "fine");
}

TEST_F(SqsQueuesTest, QueueThatIsThereStaysAndGetsWhatItLacks) {
  there_["jobs"] = {{"QueueArn", "arn:jobs"}, {"Policy", "theirs"}};
  there_["jobs-dead"] = {{"QueueArn", "arn:jobs-dead"}};
  EXPECT_THAT(check(), HasSubstr("has no redrive policy; `tintype init` gives it one"));
  ASSERT_TRUE(create_queues(pair_, soon()));
  EXPECT_EQ(created_, 0);
  EXPECT_EQ(there_["jobs"]["Policy"], "theirs");
  EXPECT_EQ(check(), "fine");
}

TEST_F(SqsQueuesTest, OtherNumberOfAttemptsIsNamedAndChangedByInit) {
  ASSERT_TRUE(create_queues(pair_, soon()));
  set_policy("arn:jobs-dead", "\"3\"");
  EXPECT_THAT(check(), HasSubstr("after 3 attempts, and job-max-attempts is 5; "));
  ASSERT_TRUE(create_queues(pair_, soon()));
  EXPECT_EQ(check(), "fine");
  set_policy("arn:jobs-dead", "\"5\"");
  EXPECT_EQ(check(), "fine") << "some engines keep it as a text";
}

TEST_F(SqsQueuesTest, DeadLettersOfOthersAreLeftAlone) {
  ASSERT_TRUE(create_queues(pair_, soon()));
  set_policy("arn:theirs", "5");
  EXPECT_THAT(check(), HasSubstr("sends its dead letters to arn:theirs; "));
  EXPECT_EQ(create_queues(pair_, soon()).error().code, ErrorCode::ValidationFailed);
  EXPECT_THAT(there_["jobs"]["RedrivePolicy"], HasSubstr("arn:theirs"));
}

TEST_F(SqsQueuesTest, QueueOfSmallMessagesIsNamed) {
  ASSERT_TRUE(create_queues(pair_, soon()));
  there_["jobs-dead"]["MaximumMessageSize"] = "65536";
  EXPECT_EQ(check(), "the queue jobs-dead takes only messages of 65536 bytes; set its MaximumMessageSize to 262144");
}

}  // namespace
}  // namespace tintype::sqs
