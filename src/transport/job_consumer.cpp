// DESIGN
// One queue holds two kinds of jobs that must not wait for each other, and cannot be asked for one kind. A job that was
// received has used up an attempt, whether it was run or not, so giving back is no way to make room: under a backlog
// every job would be given back until it is dead. Hence:
//
// - Thumbnails are what the queue is for, and they always come to an end. No more jobs are received than they have
//   places, a line of one for each thread; with none, nothing is received. Webhooks then wait as long as thumbnails
//   before them in the queue do.
// - Webhooks may stand still. Their line is longer, and when it is full a place is waited for, but only a moment, and
//   only if the line was seen to move since: a busy endpoint is not taken for one that hangs, and one that hangs costs
//   the other kind next to nothing. What finds no place is given back, for longer each time. On its last attempt, which
//   would be the end of it, it finds a line several times as long; if that is full too, the endpoint has been too slow
//   for every one of its attempts, and the job is a dead letter, as if it had been tried.
//
// The queue is asked with a short wait, again and again, since a call of it cannot be cut short: at 1 s that is 86,400
// calls a day on SQS, and stop() has to wait no longer.
//
// Rejected: a fetching thread for each kind, which hands what it may not have to the other (the same lines, and twice
// the calls); more jobs taken in advance (other processes could have done them).
#include "transport/job_consumer.h"

#include <pthread.h>

#include <algorithm>
#include <utility>

#include "model/jobs/job.h"
#include "service/job_backoff.h"

namespace tintype {
namespace {

using namespace std::chrono_literals;

constexpr int kMostAtOnce = 10;                         // JobQueue::receive
constexpr int kWebhookLine = 4;                         // places for each thread
constexpr int kLastWebhookLine = 16;                    // the same, for those on their last attempt
constexpr std::chrono::milliseconds kReceiveTime = 5s;  // that the queue may take, its waiting aside
constexpr std::chrono::milliseconds kMoment = 100ms;    // in which a thread that sends webhooks should become free
constexpr std::chrono::milliseconds kFirstReturn = 5s;
constexpr std::chrono::milliseconds kLongestReturn = 5min;
constexpr std::chrono::milliseconds kFirstPause = 200ms;  // half of it at least; see backoff
constexpr std::chrono::milliseconds kLongestPause = 5s;

}  // namespace

JobConsumer::JobConsumer(JobQueue& queue, JobRunner& runner, Options options, const Logger& log)
    : queue_(queue),
      runner_(runner),
      options_(options),
      log_(log),
      leases_(queue, options.lease, log),
      jobs_(
          std::make_unique<JobLane>("jobs", JobLane::Size{options.threads, options.threads, options.threads}, runner)),
      webhooks_(std::make_unique<JobLane>("webhooks",
                                          JobLane::Size{.threads = options.webhook_threads,
                                                        .line = options.webhook_threads * kWebhookLine,
                                                        .last_line = options.webhook_threads * kLastWebhookLine},
                                          runner)),
      fetcher_([this](const std::stop_token& stop) { fetch_until_stopped(stop); }) {}

JobConsumer::~JobConsumer() {
  if (fetcher_.joinable()) stop(Deadline::after(0s));
}

void JobConsumer::stop(Deadline deadline) {
  fetcher_.request_stop();
  leases_.end_attempts_by(deadline);
  fetcher_.join();
  give_back_waiting(*jobs_);
  give_back_waiting(*webhooks_);
  jobs_ = nullptr;
  webhooks_ = nullptr;
}

void JobConsumer::give_back_waiting(JobLane& lane) {
  for (const auto& job : lane.take_waiting()) runner_.give_back(*job, 0ms, "the process ends");
}

void JobConsumer::fetch_until_stopped(const std::stop_token& stop) {
  ::pthread_setname_np(::pthread_self(), "job-fetcher");
  // A lease that is shorter than the wait would be over, as far as we can tell, before its job is here.
  const auto wait = std::min(options_.wait, options_.lease / 4);
  while (!stop.stop_requested()) {
    const int places = jobs_->wait_for_places(stop);
    if (places == 0) return;
    const auto asked = Deadline::Clock::now();
    auto received =
        queue_.receive(std::min(places, kMostAtOnce), options_.lease, wait, Deadline::after(wait + kReceiveTime));
    if (!received) {
      pause_after(received.error(), stop);
      continue;
    }
    note_success();
    for (ReceivedJob& job : *received) take(std::move(job), asked, stop);
  }
}

void JobConsumer::take(ReceivedJob received, Deadline::Clock::time_point asked, const std::stop_token& stop) {
  auto job = std::make_unique<JobLease>(leases_, std::move(received), asked);
  if (stop.stop_requested() && !runner_.is_last_attempt(job->job())) {
    return runner_.give_back(*job, 0ms, "the process ends");
  }
  if (job_type(job->job().job.body) == "webhook") return put_into_webhook_line(std::move(job));
  // There are as many places as jobs were asked for; a queue that gives more is waited for.
  while (!jobs_->add(job, 1s)) {
  }
}

void JobConsumer::put_into_webhook_line(std::unique_ptr<JobLease> job) {
  webhooks_move_ = webhooks_->add(job, webhooks_move_ ? kMoment : 0ms);
  if (webhooks_move_) return;
  const auto delay = backoff(job->job().attempt, kFirstReturn, kLongestReturn, random_share());
  runner_.give_back(*job, delay, "more webhooks than the endpoint answers in time");
}

// Nobody can do anything about an outage but wait, so it is in the log once.
void JobConsumer::pause_after(const Error& error, const std::stop_token& stop) {
  if (++failures_ == 1) log_.warn("the job queue does not answer; trying again", {{"error", to_string(error)}});
  std::unique_lock lock(mutex_);
  stopped_.wait_for(lock, stop, backoff(failures_, kFirstPause, kLongestPause, random_share()), [] { return false; });
}

void JobConsumer::note_success() {
  if (failures_ > 0) log_.info("the job queue answers again", {{"failures", failures_}});
  failures_ = 0;
}

}  // namespace tintype
