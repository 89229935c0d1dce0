#include "service/job_runner.h"

#include <array>
#include <exception>
#include <span>
#include <utility>

#include "base/crash_point.h"
#include "model/jobs/job.h"
#include "service/job_backoff.h"

namespace tintype {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kFirstDelay = 1s;
constexpr std::chrono::milliseconds kLongestDelay = 5min;
constexpr std::chrono::milliseconds kLongestDelayAsked = 12h;  // JobQueue::retry takes no more
constexpr std::chrono::milliseconds kSettleTime = 5s;

constexpr std::array<const char*, 4> kOutcomes = {"done", "retried", "dead", "lost"};

}  // namespace

JobRunner::JobRunner(JobQueue& queue, const Handlers& handlers, Options options, MetricsRegistry& metrics,
                     const Logger& log)
    : queue_(queue), options_(std::move(options)), log_(log), unknown_(make_kind("unknown", nullptr, metrics)) {
  for (const auto& [type, handler] : handlers) kinds_.emplace(type, make_kind(type, handler, metrics));
}

JobRunner::Kind JobRunner::make_kind(std::string type, JobHandler* handler, MetricsRegistry& metrics) {
  std::vector<prometheus::Counter*> outcomes;
  for (const char* outcome : kOutcomes) {
    outcomes.push_back(&metrics.counter("tintype_jobs_total", "Jobs that were received, by what came of it.",
                                        {{"type", type}, {"outcome", outcome}}));
  }
  auto& duration = metrics.seconds("tintype_job_duration_seconds", "Time of an attempt at a job.", {{"type", type}});
  return {std::move(type), handler, std::move(outcomes), duration};
}

// The type is in the metrics, so what others have made up does not become one.
const JobRunner::Kind& JobRunner::kind_of(const ReceivedJob& job) const {
  const auto found = kinds_.find(job_type(job.job.body));
  return found != kinds_.end() ? found->second : unknown_;
}

void JobRunner::count(const Kind& kind, Outcome outcome) {
  kind.outcomes[static_cast<std::size_t>(outcome)]->Increment();
}

void JobRunner::run(JobLease& lease) {
  const ReceivedJob& job = lease.job();
  if (lease.deadline().expired()) return give_back(lease, 0ms, "there was no time left to begin");
  const Kind& kind = kind_of(job);
  const JobResult outcome = attempt(kind, lease);
  const bool is_held = lease.end();
  count(kind, settle(job, outcome, is_held));
  crash_point("job.settled");
}

void JobRunner::give_back(JobLease& lease, std::chrono::milliseconds delay, const std::string& reason) {
  const bool is_held = lease.end();
  count(kind_of(lease.job()), settle(lease.job(), JobResult::retry(reason, delay), is_held));
}

// One last catch for each job: what it throws is a bug or lack of memory, and must end neither the thread nor the job.
JobResult JobRunner::attempt(const Kind& kind, JobLease& lease) const {
  const ReceivedJob& job = lease.job();
  if (kind.handler == nullptr) return JobResult::give_up("this version knows no job like this");
  const ScopedTimer timer(kind.duration);
  try {
    return kind.handler->run(
        {.body = job.job.body, .number = job.attempt, .is_last = is_last_attempt(job), .hold = lease});
  } catch (const std::exception& thrown) {
    log_.error("a job has thrown", {{"key", job.job.key}, {"error", thrown.what()}});
    return JobResult::retry(std::string("exception: ") + thrown.what());
  } catch (...) {
    log_.error("a job has thrown", {{"key", job.job.key}});
    return JobResult::retry("unknown exception");
  }
}

// What is done is finished even if somebody else has the job by now: they need not do it again. A failure of ours, on
// the other hand, says nothing of their attempt.
JobRunner::Outcome JobRunner::settle(const ReceivedJob& job, const JobResult& outcome, bool is_held) const {
  if (outcome.kind == JobResult::Kind::Done) return finish(job);
  if (!is_held) {
    log_.warn("the lease of a job ran out",
              {{"key", job.job.key}, {"attempt", job.attempt}, {"reason", outcome.reason}});
    return Outcome::Lost;
  }
  return outcome.kind == JobResult::Kind::Retry ? retry(job, outcome) : abort(job, outcome);
}

JobRunner::Outcome JobRunner::finish(const ReceivedJob& job) const {
  const auto finished = queue_.finish(std::span(&job, 1), Deadline::after(kSettleTime));
  if (!finished) return not_settled(job, finished.error());
  log_.debug("a job is done", {{"key", job.job.key}, {"attempt", job.attempt}});
  return Outcome::Done;
}

JobRunner::Outcome JobRunner::retry(const ReceivedJob& job, const JobResult& outcome) const {
  const auto delay =
      std::min(kLongestDelayAsked,
               outcome.delay ? *outcome.delay : backoff(job.attempt, kFirstDelay, kLongestDelay, options_.random()));
  const auto dead = queue_.retry(job, delay, outcome.reason, Deadline::after(kSettleTime));
  if (!dead) return not_settled(job, dead.error());
  if (*dead) {
    log_.error("a job has failed for the last time",
               {{"key", job.job.key}, {"attempt", job.attempt}, {"reason", outcome.reason}});
    return Outcome::Dead;
  }
  log_.info("a job is to be tried again", {{"key", job.job.key},
                                           {"attempt", job.attempt},
                                           {"reason", outcome.reason},
                                           {"delayMilliseconds", delay.count()}});
  return Outcome::Retried;
}

JobRunner::Outcome JobRunner::abort(const ReceivedJob& job, const JobResult& outcome) const {
  const auto aborted = queue_.abort(job, outcome.reason, Deadline::after(kSettleTime));
  if (!aborted) return not_settled(job, aborted.error());
  log_.error("a job was given up", {{"key", job.job.key}, {"attempt", job.attempt}, {"reason", outcome.reason}});
  return Outcome::Dead;
}

JobRunner::Outcome JobRunner::not_settled(const ReceivedJob& job, const Error& error) const {
  log_.warn("what has come of a job could not be told to the queue, which will give it again",
            {{"key", job.job.key}, {"attempt", job.attempt}, {"error", to_string(error)}});
  return Outcome::Lost;
}

}  // namespace tintype
