#include "adapters/queue_sqs/sqs_job_queue.h"

#include <algorithm>
#include <set>
#include <thread>

#include "adapters/queue_sqs/dead_letters.h"
#include "base/text.h"

namespace tintype {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kPauseBetweenShortPolls{250};
// Left between the end of a poll and the deadline, for the answer to arrive.
constexpr milliseconds kTimeToAnswer{1000};

seconds whole_seconds(milliseconds time, seconds least) {
  return std::clamp(std::chrono::ceil<seconds>(time), least, sqs::kLongestVisibility);
}

tl::unexpected<Error> lost(const ReceivedJob& job) {
  return fail(ErrorCode::ClaimLost, "the job belongs to somebody else", "the lease of " + job.job.key + " has ended");
}

ReceivedJob received_job(sqs::Message message) {
  return {.job = std::move(message.letter.job),
          .receipt = std::move(message.receipt),
          .attempt = message.receive_count,
          .pushed_at = message.letter.pushed_at.value_or(message.sent_at)};
}

std::int64_t number_in(const sqs::Attributes& attributes, const std::string& name) {
  const auto found = attributes.find(name);
  return found == attributes.end() ? 0 : static_cast<std::int64_t>(parse_unsigned(found->second).value_or(0));
}

// A queue that is gone while we run is a store that is.
tl::unexpected<Error> unavailable(Error error) {
  if (error.code == ErrorCode::NotFound) error.code = ErrorCode::StoreUnavailable;
  return fail(std::move(error));
}

constexpr const char* kReady = "ApproximateNumberOfMessages";
constexpr const char* kLeased = "ApproximateNumberOfMessagesNotVisible";
constexpr const char* kDelayed = "ApproximateNumberOfMessagesDelayed";

// How long the next poll is to wait at the service.
seconds poll_wait(Deadline end, Deadline deadline) {
  const milliseconds before_the_deadline = deadline.remaining() - kTimeToAnswer;
  const auto left = std::chrono::floor<seconds>(std::min(end.remaining(), before_the_deadline));
  return std::clamp(left, seconds(0), sqs::kLongestPoll);
}

}  // namespace

SqsJobQueue::SqsJobQueue(aws::AwsClient& client, const Clock& clock, Options options)
    : clock_(clock),
      max_attempts_(options.max_attempts),
      jobs_(client, options.queue, options.retry),
      dead_(client, sqs::dead_letters_of(options.queue), options.retry) {}

Result<void> SqsJobQueue::create_queues(Deadline deadline) {
  return sqs::create_queues(queues(), deadline);
}

Result<void> SqsJobQueue::check_queues(Deadline deadline) {
  return sqs::check_queues(queues(), deadline);
}

Result<void> SqsJobQueue::push(std::span<const NewJob> jobs, Deadline deadline) {
  std::vector<sqs::Letter> letters;
  std::set<std::string_view> keys;
  for (const NewJob& job : jobs) {
    const bool is_twice = !job.key.empty() && !keys.insert(job.key).second;
    if (!is_twice) letters.push_back({.job = job, .pushed_at = clock_.now()});
  }
  return jobs_.send(letters, deadline);
}

Result<std::vector<ReceivedJob>> SqsJobQueue::receive(int limit, milliseconds lease, milliseconds wait,
                                                      Deadline deadline) {
  const Deadline end = Deadline::after(wait).earlier_of(deadline);
  for (bool has_answered = false;; has_answered = true) {
    auto messages = jobs_.receive({.limit = std::clamp(limit, 1, sqs::kBatch),
                                   .visibility = whole_seconds(lease, seconds(1)),
                                   .wait = poll_wait(end, deadline)},
                                  deadline);
    const bool is_cut_off = !messages && has_answered && messages.error().code == ErrorCode::DeadlineExceeded;
    if (is_cut_off) return std::vector<ReceivedJob>();
    if (!messages) return fail(messages.error());
    if (!messages->empty() || end.expired()) {
      std::vector<ReceivedJob> jobs;
      for (sqs::Message& message : *messages) jobs.push_back(received_job(std::move(message)));
      return jobs;
    }
    if (poll_wait(end, deadline) == seconds(0)) {
      std::this_thread::sleep_for(std::min(end.remaining(), kPauseBetweenShortPolls));
    }
  }
}

Result<void> SqsJobQueue::extend(const ReceivedJob& job, milliseconds lease, Deadline deadline) {
  const auto extended = jobs_.hide(job.receipt, whole_seconds(lease, seconds(1)), deadline);
  if (!extended) return fail(extended.error());
  return *extended ? Result<void>() : lost(job);
}

Result<void> SqsJobQueue::finish(std::span<const ReceivedJob> jobs, Deadline deadline) {
  std::vector<std::string> receipts;
  for (const ReceivedJob& job : jobs) receipts.push_back(job.receipt);
  return jobs_.remove(receipts, deadline);
}

Result<bool> SqsJobQueue::retry(const ReceivedJob& job, milliseconds delay, const std::string& reason,
                                Deadline deadline) {
  if (job.attempt >= max_attempts_) return sqs::bury(queues(), job, reason, deadline);
  const auto hidden = jobs_.hide(job.receipt, whole_seconds(delay, seconds(0)), deadline);
  if (!hidden) return fail(hidden.error());
  return false;
}

Result<void> SqsJobQueue::abort(const ReceivedJob& job, const std::string& reason, Deadline deadline) {
  const auto buried = sqs::bury(queues(), job, reason, deadline);
  return buried ? Result<void>() : fail(buried.error());
}

Result<QueueDepth> SqsJobQueue::depth(Deadline deadline) {
  const std::vector<std::string> names = {kReady, kLeased, kDelayed};
  const auto jobs = jobs_.attributes(names, deadline);
  if (!jobs) return unavailable(jobs.error());
  const auto dead = dead_.attributes(names, deadline);
  if (!dead) return unavailable(dead.error());
  return QueueDepth{.ready = number_in(*jobs, kReady),
                    .delayed = number_in(*jobs, kDelayed),
                    .leased = number_in(*jobs, kLeased),
                    .dead = number_in(*dead, kReady) + number_in(*dead, kLeased) + number_in(*dead, kDelayed)};
}

Result<std::vector<DeadJob>> SqsJobQueue::dead(int limit, Deadline deadline) {
  return sqs::list_dead(queues(), limit, deadline);
}

Result<int> SqsJobQueue::redrive(int limit, Deadline deadline) {
  return sqs::redrive(queues(), limit, deadline);
}

Result<void> SqsJobQueue::check(Deadline deadline) {
  const auto found = jobs_.attributes({"QueueArn"}, deadline);
  return found ? Result<void>() : unavailable(found.error());
}

}  // namespace tintype
