// DESIGN. SQS has no way to look at messages but to receive them. For a listing they are received with a visibility
// time-out of 0, which leaves them where they are: receiving counts, but nothing follows from the count of a dead
// letter. Each call gives some of them, in no order, so they are asked for until some calls have brought nothing new.
#include "adapters/queue_sqs/dead_letters.h"

#include <algorithm>
#include <set>

namespace tintype::sqs {
namespace {

// For which a job that is being buried or redriven is nobody else's: longer than the calls take.
constexpr std::chrono::seconds kTimeToMove{60};
// A poll that waits asks all of SQS's servers, one that does not only some of them ("Short and long polling").
constexpr std::chrono::seconds kShortestPoll{1};
constexpr int kPollsWithoutNews = 3;

DeadJob dead_job(const Message& message, int max_attempts) {
  const Letter& letter = message.letter;
  const bool is_moved_by_sqs = letter.attempts == 0;
  return {.job = letter.job,
          .attempts = is_moved_by_sqs ? max_attempts : letter.attempts,
          .reason = is_moved_by_sqs ? "nobody has said what became of any attempt" : letter.reason,
          .died_at = message.sent_at};
}

}  // namespace

Result<bool> bury(const QueuePair& queues, const ReceivedJob& job, const std::string& reason, Deadline deadline) {
  const auto held = queues.jobs.hide(job.receipt, kTimeToMove, deadline);
  if (!held) return fail(held.error());
  if (!*held) return false;
  const Letter letter{.job = job.job, .pushed_at = job.pushed_at, .attempts = job.attempt, .reason = reason};
  if (auto sent = queues.dead.send(std::span(&letter, 1), deadline); !sent) return fail(sent.error());
  auto removed = queues.jobs.remove(std::span(&job.receipt, 1), deadline);
  if (!removed) return fail(removed.error());
  return true;
}

Result<std::vector<DeadJob>> list_dead(const QueuePair& queues, int limit, Deadline deadline) {
  std::vector<DeadJob> dead;
  std::set<std::string> seen;  // ids of messages
  for (int without_news = 0; std::ssize(dead) < limit && without_news < kPollsWithoutNews;) {
    const auto messages = queues.dead.receive({.visibility = std::chrono::seconds(0), .wait = kShortestPoll}, deadline);
    if (!messages) return fail(messages.error());
    if (messages->empty()) break;
    ++without_news;
    for (const Message& message : *messages) {
      if (std::ssize(dead) == limit || !seen.insert(message.id).second) continue;
      without_news = 0;
      dead.push_back(dead_job(message, queues.max_attempts));
    }
  }
  std::ranges::sort(dead, {}, &DeadJob::died_at);
  return dead;
}

Result<int> redrive(const QueuePair& queues, int limit, Deadline deadline) {
  int count = 0;
  while (count < limit) {
    const auto messages = queues.dead.receive(
        {.limit = std::min(limit - count, kBatch), .visibility = kTimeToMove, .wait = kShortestPoll}, deadline);
    if (!messages) return fail(messages.error());
    if (messages->empty()) break;
    std::vector<Letter> letters;
    std::vector<std::string> receipts;
    for (const Message& message : *messages) {
      letters.push_back({.job = message.letter.job, .pushed_at = message.letter.pushed_at});
      receipts.push_back(message.receipt);
    }
    if (auto sent = queues.jobs.send(letters, deadline); !sent) return fail(sent.error());
    if (auto removed = queues.dead.remove(receipts, deadline); !removed) return fail(removed.error());
    count += static_cast<int>(messages->size());
  }
  return count;
}

}  // namespace tintype::sqs
