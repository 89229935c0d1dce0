#include "main/doctor/sqs_checks.h"

#include <memory>

#include "adapters/aws/aws_error.h"
#include "adapters/queue_sqs/access.h"
#include "main/doctor/aws_advice.h"
#include "main/doctor/aws_checks.h"

namespace tintype {
namespace {

using sqs::Queue;

// By the checks, of which one may still run when the others have ended.
struct BothQueues {
  BothQueues(aws::AwsClient& client, const sqs::QueueAddress& address)
      : jobs(client, address, {}), dead(client, sqs::dead_letters_of(address), {}) {}
  Queue jobs;
  Queue dead;
};

std::string advise(const SqsParts& sqs, const std::string& queues, const std::string& permission, const Error& error) {
  const AwsServiceNames names{.endpoint = sqs.client->endpoint().url(),
                              .endpoint_setting = "sqs-endpoint",
                              .thing = "the queues",
                              .thing_setting = "sqs-queue"};
  return aws_advice(names, permission, "the queues " + queues, error);
}

// Its details end in what to do, if it is not a call that went wrong: "there is no queue x; `tintype init` makes it".
CheckOutcome check_pair(const SqsParts& sqs, const std::string& queues, Deadline deadline) {
  const auto there = sqs.queue->check_queues(deadline);
  if (there) return passed(queues);
  const Error& error = there.error();
  const std::size_t semicolon = error.detail.find("; ");
  if (aws::refusal_in(error) || semicolon == std::string::npos) {
    return failed(error, advise(sqs, queues, "sqs:GetQueueUrl and GetQueueAttributes", error));
  }
  return failed(error.detail.substr(0, semicolon), error.detail.substr(semicolon + 2));
}

}  // namespace

CheckArea sqs_checks(AwsParts& aws, SqsParts& sqs, const config::Settings& settings) {
  const auto address = sqs::parse_queue_address(settings.sqs_queue).value_or(sqs::QueueAddress());
  const auto both = std::make_shared<BothQueues>(*sqs.client, address);
  const std::string queues = address.name + " and " + sqs::dead_letters_of(address).name;
  const auto outcome_of = [&sqs, queues](const Result<void>& tried, const std::string& permission) {
    return tried ? passed("allowed") : failed(tried.error(), advise(sqs, queues, permission, tried.error()));
  };
  CheckArea area{.name = "sqs", .checks = endpoint_checks(aws, *sqs.client, "sqs", "sqs-endpoint")};
  area.checks.push_back({.name = "queue",
                         .run = [&sqs, queues](Deadline deadline) { return check_pair(sqs, queues, deadline); },
                         .needs = {"aws/credentials", "sqs/endpoint"}});
  area.checks.push_back({.name = "send",
                         .run =
                             [both, outcome_of](Deadline deadline) {
                               auto tried = sqs::try_send(both->jobs, deadline);
                               if (tried) tried = sqs::try_send(both->dead, deadline);
                               return outcome_of(tried, "sqs:SendMessage");
                             },
                         .needs = {"sqs/queue"}});
  area.checks.push_back({.name = "receive",
                         .run =
                             [both, outcome_of](Deadline deadline) {
                               auto tried = sqs::try_receive(both->dead, true, deadline);
                               if (tried) tried = sqs::try_receive(both->jobs, false, deadline);
                               if (!tried) return outcome_of(fail(tried.error()), "sqs:ReceiveMessage");
                               if (*tried) return passed("allowed");
                               return not_checked("there are jobs, of one of which it would count as an attempt");
                             },
                         .needs = {"sqs/queue"}});
  area.checks.push_back({.name = "settle",
                         .run =
                             [both, outcome_of](Deadline deadline) {
                               auto tried = sqs::try_settle(both->jobs, deadline);
                               if (tried) tried = sqs::try_settle(both->dead, deadline);
                               return outcome_of(tried, "sqs:DeleteMessage and ChangeMessageVisibility");
                             },
                         .needs = {"sqs/queue"}});
  return area;
}

}  // namespace tintype
