#pragma once

#include <string_view>

#include "adapters/engine_worker/worker_process.h"

namespace tintype {

// Why a worker was lost.
enum class Death {
  Crash,     // a signal of its own making, or an exit
  Deadline,  // killed because its job took too long
  Nonsense,  // killed because it sent what no worker sends
  Killed,    // SIGKILL from outside: an operator, or the kernel out of memory
  Start,     // it never got warm
};
// "crash" and so on, as the metric's label and in the log.
std::string_view death_name(Death death);

// Of a worker that was not killed by us: Crash or Killed.
Death death_of(const ProcessEnd& end);
// Of a worker that was lost during a job.
Death death_of(const JobOutcome& outcome);

}  // namespace tintype
