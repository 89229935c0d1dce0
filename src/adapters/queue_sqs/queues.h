// The pair of queues that the adapter needs: one for jobs, and one for dead letters, to which SQS itself moves what has
// been received too often (Amazon SQS Developer Guide, "Using dead-letter queues").
#pragma once

#include "adapters/queue_sqs/queue.h"

namespace tintype::sqs {

struct QueuePair {
  Queue& jobs;
  Queue& dead;
  int max_attempts = 1;
};

// Makes those that are not there, keeping messages for the 14 days that SQS has at most. One that is there stays, and
// gets the redrive policy that it lacks, or whose number is another. Errors: ValidationFailed for one whose dead
// letters go elsewhere; those of a Queue.
Result<void> create_queues(const QueuePair& queues, Deadline deadline);

// Whether both are there, take messages of our size, and belong together as above. The detail of an error says what to
// do. Errors: NotFound for one that is missing, ValidationFailed for one that is not as it should be, and those of a
// Queue.
Result<void> check_queues(const QueuePair& queues, Deadline deadline);

}  // namespace tintype::sqs
