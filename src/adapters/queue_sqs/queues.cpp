#include "adapters/queue_sqs/queues.h"

#include <boost/json.hpp>

#include "adapters/aws/json_text.h"
#include "base/text.h"

namespace tintype::sqs {
namespace {

const std::vector<std::string> kNames = {"QueueArn", "RedrivePolicy", "MaximumMessageSize"};

struct RedrivePolicy {
  std::string target;  // ARN
  std::uint64_t max_receive_count = 0;
};

// maxReceiveCount may be a number or a text.
std::optional<RedrivePolicy> read_policy(const std::string& text) {
  boost::json::error_code error;
  const auto parsed = boost::json::parse(text, error);
  const auto* const policy = error ? nullptr : parsed.if_object();
  if (policy == nullptr) return std::nullopt;
  const auto* const count = policy->if_contains("maxReceiveCount");
  RedrivePolicy read{.target = std::string(aws::text_in(*policy, "deadLetterTargetArn"))};
  if (count != nullptr && count->is_int64() && count->get_int64() > 0) {
    read.max_receive_count = static_cast<std::uint64_t>(count->get_int64());
  } else {
    read.max_receive_count = parse_unsigned(aws::text_in(*policy, "maxReceiveCount")).value_or(0);
  }
  return read;
}

std::string written(const std::string& target, int max_attempts) {
  return boost::json::serialize(
      boost::json::object{{"deadLetterTargetArn", target}, {"maxReceiveCount", max_attempts}});
}

std::string value_of(const Attributes& attributes, const std::string& name) {
  const auto found = attributes.find(name);
  return found == attributes.end() ? std::string() : found->second;
}

tl::unexpected<Error> wrong(const Queue& queue, const std::string& what, const std::string& advice) {
  return fail(ErrorCode::ValidationFailed, "the queue is not as it should be",
              "the queue " + queue.address().name + ' ' + what + "; " + advice);
}

tl::unexpected<Error> goes_elsewhere(const Queue& jobs, const RedrivePolicy& policy) {
  return wrong(jobs, "sends its dead letters to " + policy.target,
               "take this redrive policy away, or name another queue with sqs-queue");
}

Result<Attributes> found_attributes(Queue& queue, Deadline deadline) {
  auto found = queue.attributes(kNames, deadline);
  if (!found && found.error().code == ErrorCode::NotFound) found.error().detail += "; `tintype init` makes it";
  return found;
}

Result<void> check_size(const Queue& queue, const Attributes& attributes) {
  const std::string size = value_of(attributes, "MaximumMessageSize");
  if (size.empty() || parse_unsigned(size).value_or(0) >= kBatchBytes) return {};
  return wrong(queue, "takes only messages of " + size + " bytes",
               "set its MaximumMessageSize to " + std::to_string(kBatchBytes));
}

}  // namespace

Result<void> create_queues(const QueuePair& queues, Deadline deadline) {
  constexpr const char* kLongestRetention = "1209600";  // seconds: 14 days
  for (Queue* const queue : {&queues.dead, &queues.jobs}) {
    const auto found = queue->attributes(kNames, deadline);
    if (found) continue;
    if (found.error().code != ErrorCode::NotFound) return fail(found.error());
    auto created = queue->create({{"MessageRetentionPeriod", kLongestRetention}}, deadline);
    if (!created) return created;
  }
  const auto dead = found_attributes(queues.dead, deadline);
  if (!dead) return fail(dead.error());
  const auto jobs = found_attributes(queues.jobs, deadline);
  if (!jobs) return fail(jobs.error());
  const std::string target = value_of(*dead, "QueueArn");
  const auto policy = read_policy(value_of(*jobs, "RedrivePolicy"));
  if (policy && policy->target != target) return goes_elsewhere(queues.jobs, *policy);
  if (policy && policy->max_receive_count == static_cast<std::uint64_t>(queues.max_attempts)) return {};
  return queues.jobs.set_attributes({{"RedrivePolicy", written(target, queues.max_attempts)}}, deadline);
}

Result<void> check_queues(const QueuePair& queues, Deadline deadline) {
  const auto jobs = found_attributes(queues.jobs, deadline);
  if (!jobs) return fail(jobs.error());
  const auto dead = found_attributes(queues.dead, deadline);
  if (!dead) return fail(dead.error());
  if (auto checked = check_size(queues.jobs, *jobs); !checked) return checked;
  if (auto checked = check_size(queues.dead, *dead); !checked) return checked;
  const auto policy = read_policy(value_of(*jobs, "RedrivePolicy"));
  if (!policy) {
    return wrong(queues.jobs, "has no redrive policy", "`tintype init` gives it one, to " + queues.dead.address().name);
  }
  if (policy->target != value_of(*dead, "QueueArn")) return goes_elsewhere(queues.jobs, *policy);
  if (policy->max_receive_count == static_cast<std::uint64_t>(queues.max_attempts)) return {};
  return wrong(
      queues.jobs,
      "makes a job a dead letter after " + std::to_string(policy->max_receive_count) +
          " attempts, and job-max-attempts is " + std::to_string(queues.max_attempts),
      "set job-max-attempts to what the others have that use the queue, or let `tintype init` change the queue");
}

}  // namespace tintype::sqs
