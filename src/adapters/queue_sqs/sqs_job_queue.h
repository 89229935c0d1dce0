#pragma once

#include "adapters/queue_sqs/queues.h"
#include "ports/clock.h"
#include "ports/job_queue.h"

namespace tintype {

// A JobQueue in a standard queue of Amazon SQS, or of an engine that speaks its API, with another one beside it for
// dead letters, "NAME-dead".
//
// What is less than the port may promise:
// - Keys: SQS looks at none. A job that is pushed twice is there twice; only within one push a key is sent once. A push
//   whose answer is lost is sent again, too.
// - Times: leases and delays are rounded up to whole seconds. From when a job is given until it is given again are at
//   most 12 hours, however often it is extended; a delay that would last longer is not kept: the lease just ends.
// - Order: about the oldest first. SQS may also give a job that is leased or finished, once in a very long while.
// - Depth: a job that waits for its next attempt counts as leased; the oldest is not known.
// - Bodies and keys with U+FFFE or U+FFFF are refused by SQS: Internal.
//
// A job that whoever had it gave up has reason, attempts and time of its death with it. One that nobody settled in
// max_attempts times is moved by SQS, when it would be given once more: until then it counts as ready.
class SqsJobQueue final : public JobQueue {
 public:
  struct Options {
    sqs::QueueAddress queue;
    int max_attempts = 5;
    aws::RetryPolicy retry = {};  // of what failed in a batch
  };
  // `client` is one for "sqs"; it and `clock` must outlive the queue.
  SqsJobQueue(aws::AwsClient& client, const Clock& clock, Options options);

  // queues.h
  Result<void> create_queues(Deadline deadline);
  Result<void> check_queues(Deadline deadline);

  Result<void> push(std::span<const NewJob> jobs, Deadline deadline) override;
  // Waits by long polls, of up to 20 s each; what is less than a second, by asking every quarter of a second. A call
  // that `deadline` cuts off may take jobs from the queue that nobody gets until their lease ends, and that counts as
  // an attempt; so polls end a second before it.
  Result<std::vector<ReceivedJob>> receive(int limit, std::chrono::milliseconds lease, std::chrono::milliseconds wait,
                                           Deadline deadline) override;
  Result<void> extend(const ReceivedJob& job, std::chrono::milliseconds lease, Deadline deadline) override;
  Result<void> finish(std::span<const ReceivedJob> jobs, Deadline deadline) override;
  Result<bool> retry(const ReceivedJob& job, std::chrono::milliseconds delay, const std::string& reason,
                     Deadline deadline) override;
  Result<void> abort(const ReceivedJob& job, const std::string& reason, Deadline deadline) override;
  Result<QueueDepth> depth(Deadline deadline) override;
  Result<std::vector<DeadJob>> dead(int limit, Deadline deadline) override;
  Result<int> redrive(int limit, Deadline deadline) override;
  Result<void> check(Deadline deadline) override;

 private:
  sqs::QueuePair queues() { return {jobs_, dead_, max_attempts_}; }

  const Clock& clock_;
  const int max_attempts_;
  sqs::Queue jobs_;
  sqs::Queue dead_;
};

}  // namespace tintype
