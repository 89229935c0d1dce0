// Whether the credentials may do what the adapter does with a queue, tried in ways that leave it as it is. Errors: only
// if they may not, or if there is no answer; aws::refusal_in tells what SQS has said.
#pragma once

#include "adapters/queue_sqs/queue.h"

namespace tintype::sqs {

// SendMessage: by a batch that is refused for what it has in it.
Result<void> try_send(Queue& queue, Deadline deadline);
// ReceiveMessage: with a visibility time-out of 0. False: there are messages in the queue, of one of which it would
// count as an attempt, and nothing was tried; but in a queue of dead letters it is tried always.
Result<bool> try_receive(Queue& queue, bool is_of_dead_letters, Deadline deadline);
// DeleteMessage and ChangeMessageVisibility: with a receipt that nobody has been given.
Result<void> try_settle(Queue& queue, Deadline deadline);

}  // namespace tintype::sqs
