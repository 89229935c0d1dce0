#pragma once

#include "adapters/queue_sqs/queues.h"
#include "ports/job_queue.h"

namespace tintype::sqs {

// Makes the job of `receipt` a dead letter at once: sent to the one queue, then taken from the other, so that it may be
// there twice but never nowhere. False, and nothing happened, if the receipt is no longer good.
Result<bool> bury(const QueuePair& queues, const ReceivedJob& job, const std::string& reason, Deadline deadline);

// JobQueue::dead and redrive.
Result<std::vector<DeadJob>> list_dead(const QueuePair& queues, int limit, Deadline deadline);
Result<int> redrive(const QueuePair& queues, int limit, Deadline deadline);

}  // namespace tintype::sqs
