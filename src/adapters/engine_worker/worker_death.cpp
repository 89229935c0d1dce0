#include "adapters/engine_worker/worker_death.h"

#include <csignal>

namespace tintype {

std::string_view death_name(Death death) {
  switch (death) {
    case Death::Crash:
      return "crash";
    case Death::Deadline:
      return "deadline";
    case Death::Nonsense:
      return "nonsense";
    case Death::Killed:
      return "killed";
    case Death::Start:
      break;
  }
  return "start";
}

Death death_of(const ProcessEnd& end) {
  return end.signal == SIGKILL ? Death::Killed : Death::Crash;
}

Death death_of(const JobOutcome& outcome) {
  switch (outcome.loss) {
    case JobOutcome::Loss::Deadline:
      return Death::Deadline;
    case JobOutcome::Loss::Nonsense:
      return Death::Nonsense;
    case JobOutcome::Loss::Died:
    case JobOutcome::Loss::None:
      break;
  }
  return death_of(outcome.end);
}

}  // namespace tintype
