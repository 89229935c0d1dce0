#include "adapters/queue_sqs/access.h"

#include <boost/json.hpp>

namespace tintype::sqs {
namespace {

using boost::json::array;
using boost::json::object;

constexpr const char* kReady = "ApproximateNumberOfMessages";

// Whatever else SQS has against such a request, it is allowed.
bool is_no_access(const aws::AwsError& error) {
  return error.status == 0 || error.status >= 500 || error.status == 401 || error.status == 403 ||
         error.code.find("AccessDenied") != std::string::npos || aws::is_throttling(error.status, error.code);
}

Result<void> try_call(Queue& queue, std::string_view operation, object input, Deadline deadline) {
  const auto reply = queue.call(operation, std::move(input), deadline);
  if (reply || !is_no_access(reply.error())) return {};
  return fail(aws::to_error(reply.error(), std::string(operation) + " on " + queue.address().name));
}

}  // namespace

Result<void> try_send(Queue& queue, Deadline deadline) {
  // Twice the same id, and a character that no message may have: an engine that minds one of them will do.
  const object entry{{"Id", "check"}, {"MessageBody", "\xEF\xBF\xBF"}};
  return try_call(queue, "SendMessageBatch", {{"Entries", array{entry, entry}}}, deadline);
}

Result<bool> try_receive(Queue& queue, bool is_of_dead_letters, Deadline deadline) {
  const auto found = queue.attributes({kReady}, deadline);
  if (!found) return fail(found.error());
  const auto ready = found->find(kReady);
  const bool is_empty = ready == found->end() || ready->second == "0";
  if (!is_empty && !is_of_dead_letters) return false;
  auto tried = try_call(queue, "ReceiveMessage",
                        {{"MaxNumberOfMessages", 1}, {"VisibilityTimeout", 0}, {"WaitTimeSeconds", 0}}, deadline);
  if (!tried) return fail(tried.error());
  return true;
}

Result<void> try_settle(Queue& queue, Deadline deadline) {
  constexpr const char* kReceipt = "of-nobody";
  auto tried = try_call(queue, "DeleteMessage", {{"ReceiptHandle", kReceipt}}, deadline);
  if (!tried) return tried;
  return try_call(queue, "ChangeMessageVisibility", {{"ReceiptHandle", kReceipt}, {"VisibilityTimeout", 0}}, deadline);
}

}  // namespace tintype::sqs
