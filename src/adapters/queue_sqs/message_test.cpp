#include "adapters/queue_sqs/message.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "adapters/queue_sqs/queue_address.h"

namespace tintype::sqs {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

std::vector<Message> read(const std::string& text) {
  return read_messages(boost::json::parse(text).as_object());
}

TEST(SqsMessage, IsReadAsItWasSent) {
  const Letter letter{.job = {.key = "derive/1", .body = "{\"a\":\"ü\"}"},
                      .pushed_at = UnixTime(std::chrono::milliseconds(1'790'000'000'123)),
                      .attempts = 5,
                      .reason = "no luck"};
  boost::json::object sent = as_json(letter);
  const boost::json::object received{
      {"MessageId", "id"},
      {"ReceiptHandle", "receipt"},
      {"Body", sent["MessageBody"]},
      {"MessageAttributes", sent["MessageAttributes"]},
      {"Attributes", {{"ApproximateReceiveCount", "3"}, {"SentTimestamp", "1790000000456"}}}};
  const auto messages = read_messages({{"Messages", {received}}});
  ASSERT_THAT(messages, SizeIs(1));
  EXPECT_EQ(messages[0].letter.job, letter.job);
  EXPECT_EQ(messages[0].letter.pushed_at, letter.pushed_at);
  EXPECT_EQ(messages[0].letter.attempts, 5);
  EXPECT_EQ(messages[0].letter.reason, "no luck");
  EXPECT_EQ(messages[0].receive_count, 3);
  EXPECT_EQ(messages[0].sent_at.time_since_epoch().count(), 1'790'000'000'456);
}

TEST(SqsMessage, OfOthersHasNoKey) {
  const auto messages = read(R"({"Messages":[{"ReceiptHandle":"r","Body":"hello"}]})");
  ASSERT_THAT(messages, SizeIs(1));
  EXPECT_EQ(messages[0].letter.job, (NewJob{.key = "", .body = "hello"}));
  EXPECT_EQ(messages[0].letter.pushed_at, std::nullopt);
  EXPECT_EQ(messages[0].receive_count, 1);
}

TEST(SqsMessage, NonsenseIsNoMessage) {
  for (const char* text : {"{}", R"({"Messages":null})", R"({"Messages":{}})", R"({"Messages":[1,"a",[]]})",
                           R"({"Messages":[{"Body":"without a receipt"}]})", R"({"Messages":[{"ReceiptHandle":7}]})"}) {
    EXPECT_THAT(read(text), IsEmpty()) << text;
  }
  const auto odd = read(R"({"Messages":[{"ReceiptHandle":"r","Attributes":{"ApproximateReceiveCount":"-1",
      "SentTimestamp":"99999999999999999999"},"MessageAttributes":{"key":{"StringValue":1},
      "pushed-at":{"StringValue":"18446744073709551615"},"attempts":{"StringValue":"4294967297"}}}]})");
  ASSERT_THAT(odd, SizeIs(1));
  EXPECT_EQ(odd[0].letter.job.key, "");
  EXPECT_EQ(odd[0].letter.pushed_at, std::nullopt);
  EXPECT_EQ(odd[0].letter.attempts, 2'147'483'647);
  EXPECT_EQ(odd[0].sent_at, UnixTime());
}

TEST(SqsMessage, ReasonIsMadePrintable) {
  EXPECT_EQ(printable("disk on fire, \xC3\xBC\n"), "disk on fire, \xC3\xBC\n");
  EXPECT_EQ(printable(std::string_view("a\0b\x01", 4)), "a?b?");
  EXPECT_EQ(printable("\xFF\xC3"), "??");
  EXPECT_EQ(printable("\xEF\xBF\xBE|\xEF\xBF\xBF|\xEF\xBF\xBD"), "?|?|\xEF\xBF\xBD");
  std::string euros;
  for (int i = 0; i < 500; ++i) euros += "\xE2\x82\xAC";
  EXPECT_EQ(printable(euros), euros.substr(0, 999)) << "is cut between characters";
}

TEST(SqsMessage, EmptyAttributesAreNotSent) {
  EXPECT_FALSE(as_json({.job = {.key = "", .body = "b"}}).contains("MessageAttributes"));
}

TEST(SqsQueueAddress, IsANameOrAUrl) {
  EXPECT_EQ(parse_queue_address("jobs_1-a").value(), (QueueAddress{.name = "jobs_1-a"}));
  const std::string url = "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs";
  EXPECT_EQ(parse_queue_address(url).value(), (QueueAddress{.name = "jobs", .url = url}));
  EXPECT_EQ(dead_letters_of({.name = "jobs"}), (QueueAddress{.name = "jobs-dead"}));
  EXPECT_EQ(dead_letters_of({.name = "jobs", .url = url}), (QueueAddress{.name = "jobs-dead", .url = url + "-dead"}));
  for (const std::string& wrong : {std::string(), std::string("a b"), std::string("jobs.fifo"), std::string("ü"),
                                   std::string(76, 'a'), url + "/", std::string("https://")}) {
    EXPECT_FALSE(parse_queue_address(wrong)) << wrong;
  }
  EXPECT_TRUE(parse_queue_address(std::string(75, 'a')));
}

}  // namespace
}  // namespace tintype::sqs
