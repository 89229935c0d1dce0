#include "service/webhook_handler.h"

#include <algorithm>
#include <array>

#include "model/jobs/job.h"
#include "service/job_backoff.h"

namespace tintype {
namespace {

using namespace std::chrono_literals;

// The beginning of the example in Standard Webhooks 1.0.0, "Deliverability and reliability", whose later steps are up
// to a day.
constexpr std::array<std::chrono::milliseconds, 4> kSchedule = {5s, 5min, 30min, 1h};
constexpr std::chrono::milliseconds kLongestAsked = 12h;  // what a queue can wait

std::chrono::milliseconds delay_after(int attempt, const WebhookAnswer& answer, double share) {
  const auto step = static_cast<std::size_t>(std::max(attempt, 1)) - 1;
  const auto scheduled = jittered(kSchedule.at(std::min(step, kSchedule.size() - 1)), share);
  return std::max(scheduled, std::min(answer.retry_after.value_or(0s), kLongestAsked));
}

}  // namespace

JobResult WebhookHandler::run(const JobAttempt& attempt) {
  const auto job = parse_webhook_job(attempt.body);
  if (!job) return JobResult::give_up("the job cannot be read");
  const WebhookAnswer answer = sender_.send({.id = job->event_id, .body = job->payload}, attempt.hold.deadline());
  switch (answer.kind) {
    case WebhookAnswer::Kind::Accepted:
      return JobResult::done();
    case WebhookAnswer::Kind::Gone:
      return JobResult::give_up("the receiver wants no more webhooks: " + answer.reason);
    case WebhookAnswer::Kind::Failed:
      break;
  }
  return JobResult::retry("webhook: " + answer.reason, delay_after(attempt.number, answer, random_()));
}

}  // namespace tintype
