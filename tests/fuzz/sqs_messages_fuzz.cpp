// The messages of a queue in SQS, as an engine answers them, and what is sent of a reason that may be anything.
#include <cstdlib>
#include <string>

#include <boost/json.hpp>

#include "adapters/queue_sqs/message.h"
#include "adapters/queue_sqs/queue_address.h"
#include "base/text.h"

namespace {

using namespace tintype;

void require(bool holds) {
  if (!holds) std::abort();
}

// A message reads the same when it is sent on, as a redrive does.
void check_message(const sqs::Message& message) {
  require(!message.receipt.empty() && message.receive_count >= 1 && message.letter.attempts >= 0);
  const boost::json::object sent = sqs::as_json(message.letter);
  boost::json::object received{{"ReceiptHandle", "r"}, {"Body", sent.at("MessageBody")}};
  if (const auto* const attributes = sent.if_contains("MessageAttributes")) received["MessageAttributes"] = *attributes;
  const auto again = sqs::read_messages({{"Messages", {received}}});
  require(again.size() == 1 && again[0].letter.job == message.letter.job &&
          again[0].letter.pushed_at == message.letter.pushed_at && again[0].letter.attempts == message.letter.attempts);
}

void check_text(std::string_view text) {
  const std::string printed = sqs::printable(text);
  require(is_utf8(printed) && printed.size() <= 1000 && !has_control_characters(printed, "\t\n\r\x7f"));
  require(sqs::printable(printed) == printed);
  if (const auto address = sqs::parse_queue_address(text)) require(!address->name.empty());
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer looks for this name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  check_text(text);
  boost::json::error_code error;
  const auto parsed = boost::json::parse(text, error);
  if (error || !parsed.is_object()) return 0;
  for (const sqs::Message& message : sqs::read_messages(parsed.get_object())) check_message(message);
  return 0;
}
