// Jobs as messages of SQS (Amazon SQS API Reference, "Message" and "MessageAttributeValue").
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "base/time_format.h"
#include "model/new_job.h"

namespace tintype::sqs {

// What is sent. All but the body are message attributes: "key", "pushed-at" (milliseconds since 1970) and, of a dead
// letter, "attempts" and "reason".
struct Letter {
  NewJob job;
  std::optional<UnixTime> pushed_at = {};
  int attempts = 0;         // 0: it is no dead letter, or SQS itself has made it one
  std::string reason = {};  // sent as printable() has it
};

// What is received. One that others have sent has no key and no pushed_at.
struct Message {
  std::string id;
  std::string receipt;
  Letter letter;
  int receive_count = 1;  // this time included
  UnixTime sent_at{};     // to this queue; but a dead letter that SQS itself has moved keeps its time
};

// The members of a SendMessage that make the message.
boost::json::object as_json(const Letter& letter);
// What SQS counts of it against its limits, in bytes, or a little more.
std::size_t size_of(const Letter& letter);

// Those of an answer of ReceiveMessage that have a receipt; whatever is missing or wrong in one stays empty.
std::vector<Message> read_messages(const boost::json::object& answer);

// What is allowed in a message, and in an attribute, of `text`, up to about 1 KB of it: the rest is replaced.
std::string printable(std::string_view text);

}  // namespace tintype::sqs
