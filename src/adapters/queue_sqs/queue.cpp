#include "adapters/queue_sqs/queue.h"

#include <algorithm>
#include <array>
#include <thread>

#include <boost/json.hpp>

#include "adapters/aws/json_text.h"

namespace tintype::sqs {
namespace {

using aws::text_in;
using boost::json::array;
using boost::json::object;

constexpr const char* kReceiptIsOld = "ReceiptHandleIsInvalid";

bool is_missing(const aws::AwsError& error) {
  return error.code.ends_with("QueueDoesNotExist") || error.code.ends_with("NonExistentQueue");
}

// By which ChangeMessageVisibility says that the message is not this receipt's any more, or that it has been had for
// 12 hours. The other parameters are always valid.
bool is_about_the_receipt(const aws::AwsError& error) {
  static constexpr auto kCodes = std::to_array<std::string_view>(
      {kReceiptIsOld, "MessageNotInflight", "InvalidParameterValue", "InvalidParameterValueException"});
  return std::ranges::any_of(kCodes, [&](std::string_view code) { return error.code.ends_with(code); });
}

template <typename Texts>
array array_of(const Texts& texts) {
  array list;
  for (const auto& text : texts) list.emplace_back(boost::json::string(text));
  return list;
}

object object_of(const Attributes& attributes) {
  object json;
  for (const auto& [name, value] : attributes) json[name] = value;
  return json;
}

const boost::json::value* list_in(const object& reply, std::string_view name) {
  const auto* const list = reply.if_contains(name);
  return list != nullptr && list->is_array() ? list : nullptr;
}

// What has become of the entries of a batch.
struct BatchOutcome {
  std::vector<std::string> done = {};  // ids
  std::string fault = {};              // of the first entry that would fail again
};

BatchOutcome read_outcome(const object& reply, std::string_view harmless) {
  BatchOutcome outcome;
  const auto each = [&](std::string_view name, const auto& look_at) {
    const auto* const list = list_in(reply, name);
    if (list == nullptr) return;
    for (const auto& entry : list->get_array()) {
      if (entry.is_object()) look_at(entry.get_object());
    }
  };
  each("Successful", [&](const object& entry) { outcome.done.emplace_back(text_in(entry, "Id")); });
  each("Failed", [&](const object& entry) {
    const std::string_view code = text_in(entry, "Code");
    const auto* const sender = entry.if_contains("SenderFault");
    const bool is_fault = sender != nullptr && sender->is_bool() && sender->get_bool();
    if (!harmless.empty() && code.ends_with(harmless)) {
      outcome.done.emplace_back(text_in(entry, "Id"));
    } else if (is_fault && !aws::is_throttling(0, code) && outcome.fault.empty()) {
      outcome.fault = std::string(code) + ' ' + std::string(text_in(entry, "Message"));
    }
  });
  return outcome;
}

// The number of letters from the first on that one call takes.
std::size_t batch_of(std::span<const Letter> letters) {
  std::size_t bytes = 0;
  std::size_t count = 0;
  while (count < letters.size() && count < kBatch) {
    bytes += size_of(letters[count]);
    if (count > 0 && bytes > kBatchBytes) break;
    ++count;
  }
  return count;
}

}  // namespace

Queue::Queue(aws::AwsClient& client, QueueAddress address, aws::RetryPolicy retry)
    : service_(client, "AmazonSQS"), address_(std::move(address)), retry_(std::move(retry)), url_(address_.url) {}

aws::AwsResult<std::string> Queue::url(Deadline deadline) {
  {
    const std::lock_guard lock(mutex_);
    if (!url_.empty()) return url_;
  }
  const auto reply = service_.call("GetQueueUrl", {{"QueueName", address_.name}}, deadline);
  if (!reply) return tl::unexpected(reply.error());
  std::string found(text_in(*reply, "QueueUrl"));
  if (found.empty()) {
    return tl::unexpected(aws::AwsError{
        .no_answer = {ErrorCode::StoreUnavailable, "the queue answers nonsense", "GetQueueUrl: there is no QueueUrl"}});
  }
  const std::lock_guard lock(mutex_);
  url_ = found;
  return found;
}

aws::AwsResult<object> Queue::call(std::string_view operation, object input, Deadline deadline,
                                   std::chrono::milliseconds service_wait) {
  auto where = url(deadline);
  if (!where) return tl::unexpected(std::move(where.error()));
  input["QueueUrl"] = *where;
  return service_.call(operation, input, deadline, true, service_wait);
}

Result<void> Queue::call_batch(std::string_view operation, std::vector<object> entries, std::string_view harmless,
                               Deadline deadline) {
  const std::string action = std::string(operation) + " on " + address_.name;
  aws::Retry retry(retry_, budget_, true, deadline);
  for (;;) {
    array list;
    for (const object& entry : entries) list.emplace_back(entry);
    const auto reply = call(operation, {{"Entries", std::move(list)}}, deadline);
    if (!reply) return fail(aws::to_error(reply.error(), action));
    const BatchOutcome outcome = read_outcome(*reply, harmless);
    if (!outcome.fault.empty()) return fail(ErrorCode::Internal, "the queue failed", action + ": " + outcome.fault);
    std::erase_if(entries, [&](const object& entry) {
      return std::ranges::find(outcome.done, text_in(entry, "Id")) != outcome.done.end();
    });
    if (entries.empty()) break;
    const auto pause = retry.after({.outcome = aws::AttemptFailure::Outcome::NotExecuted, .throttled = true});
    if (!pause) {
      return fail(ErrorCode::StoreUnavailable, "the queue is not available; try again later",
                  action + ": some of a batch failed");
    }
    std::this_thread::sleep_for(*pause);
  }
  retry.succeeded();
  return {};
}

Result<void> Queue::send(std::span<const Letter> letters, Deadline deadline) {
  while (!letters.empty()) {
    const std::size_t count = batch_of(letters);
    std::vector<object> entries;
    for (const Letter& letter : letters.first(count)) {
      object entry = as_json(letter);
      entry["Id"] = std::to_string(entries.size());
      entry["DelaySeconds"] = 0;  // whatever the queue's own is
      entries.push_back(std::move(entry));
    }
    if (auto sent = call_batch("SendMessageBatch", std::move(entries), {}, deadline); !sent) return sent;
    letters = letters.subspan(count);
  }
  return {};
}

Result<std::vector<Message>> Queue::receive(const Poll& poll, Deadline deadline) {
  // AttributeNames is the older name of MessageSystemAttributeNames, which not every engine knows.
  object input{{"MaxNumberOfMessages", poll.limit},
               {"VisibilityTimeout", poll.visibility.count()},
               {"WaitTimeSeconds", poll.wait.count()},
               {"AttributeNames", {"ApproximateReceiveCount", "SentTimestamp"}},
               {"MessageAttributeNames", {"key", "pushed-at", "attempts", "reason"}}};
  const auto reply = call("ReceiveMessage", std::move(input), deadline, poll.wait);
  if (!reply) return fail(aws::to_error(reply.error(), "receive from " + address_.name));
  return read_messages(*reply);
}

Result<bool> Queue::hide(const std::string& receipt, std::chrono::seconds visibility, Deadline deadline) {
  const auto reply = call("ChangeMessageVisibility",
                          {{"ReceiptHandle", receipt}, {"VisibilityTimeout", visibility.count()}}, deadline);
  if (reply) return true;
  if (is_about_the_receipt(reply.error())) return false;
  return fail(aws::to_error(reply.error(), "change visibility on " + address_.name));
}

Result<void> Queue::remove(std::span<const std::string> receipts, Deadline deadline) {
  while (!receipts.empty()) {
    const std::size_t count = std::min(receipts.size(), static_cast<std::size_t>(kBatch));
    std::vector<object> entries;
    for (const std::string& receipt : receipts.first(count)) {
      entries.push_back({{"Id", std::to_string(entries.size())}, {"ReceiptHandle", receipt}});
    }
    auto removed = call_batch("DeleteMessageBatch", std::move(entries), kReceiptIsOld, deadline);
    if (!removed) return removed;
    receipts = receipts.subspan(count);
  }
  return {};
}

Result<Attributes> Queue::attributes(const std::vector<std::string>& names, Deadline deadline) {
  const auto reply = call("GetQueueAttributes", {{"AttributeNames", array_of(names)}}, deadline);
  if (!reply && is_missing(reply.error())) {
    return fail(ErrorCode::NotFound, "the queue is not set up", "there is no queue " + address_.name);
  }
  if (!reply) return fail(aws::to_error(reply.error(), "get attributes of " + address_.name));
  Attributes result;
  const auto* const found = reply->if_contains("Attributes");
  if (found == nullptr || !found->is_object()) return result;
  for (const auto& [name, value] : found->get_object()) {
    if (value.is_string()) result.emplace(name, std::string(value.get_string()));
  }
  return result;
}

Result<void> Queue::set_attributes(const Attributes& attributes, Deadline deadline) {
  const auto reply = call("SetQueueAttributes", {{"Attributes", object_of(attributes)}}, deadline);
  if (reply) return {};
  return fail(aws::to_error(reply.error(), "set attributes of " + address_.name));
}

Result<void> Queue::create(const Attributes& attributes, Deadline deadline) {
  const auto reply =
      service_.call("CreateQueue", {{"QueueName", address_.name}, {"Attributes", object_of(attributes)}}, deadline);
  const bool is_there =
      !reply && (reply.error().code.ends_with("QueueNameExists") || reply.error().code.ends_with("QueueAlreadyExists"));
  if (reply || is_there) return {};
  return fail(aws::to_error(reply.error(), "create queue " + address_.name));
}

}  // namespace tintype::sqs
