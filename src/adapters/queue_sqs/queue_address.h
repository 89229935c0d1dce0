#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tintype::sqs {

// Which queue.
struct QueueAddress {
  std::string name;
  std::string url = {};  // what SQS calls its QueueUrl; empty: SQS is asked for it, by the name

  friend bool operator==(const QueueAddress&, const QueueAddress&) = default;
};

// A name, 1 to 75 letters, digits, '-' and '_'; or a URL whose last part is one, which then is the queue's QueueUrl as
// it is: for queues of another account. Error: ValidationFailed, also for a FIFO queue ("….fifo"), where one job that
// fails would hold up others.
Result<QueueAddress> parse_queue_address(std::string_view text);

// The queue beside it that takes its dead letters: "NAME-dead".
QueueAddress dead_letters_of(const QueueAddress& address);

}  // namespace tintype::sqs
