#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/deadline.h"

namespace tintype {

// What has come of an attempt at a job.
struct JobResult {
  enum class Kind {
    Done,
    Retry,   // it may go well another time
    GiveUp,  // it never will
  };
  Kind kind = Kind::Done;
  std::string reason = {};                              // logged, and kept with dead letters: no secrets
  std::optional<std::chrono::milliseconds> delay = {};  // until the next attempt, at most 12 h; absent: the runner's

  static JobResult done() { return {}; }
  static JobResult retry(std::string reason, std::optional<std::chrono::milliseconds> delay = {}) {
    return {Kind::Retry, std::move(reason), delay};
  }
  static JobResult give_up(std::string reason) { return {Kind::GiveUp, std::move(reason)}; }
};

// A job that is ours for a while.
class JobHold {
 public:
  virtual ~JobHold() = default;

  // Until then nobody else can have been given the job, and what is done for it must be visible by then or not at all.
  // Moves while the job is held, so ask before each step; in the past once the job is lost, or the process must end.
  // Thread-safe.
  virtual Deadline deadline() const = 0;
};

struct JobAttempt {
  std::string_view body;  // model/jobs/job.h
  int number = 1;         // from 1
  bool is_last = false;   // if it fails the job is a dead letter. Not if hold.deadline() has passed: somebody has it
  const JobHold& hold;
};

// Does one type of job. Doing one again, also at the same time, must do no harm.
//
// Thread safety: run() is called concurrently.
// Blocking: as long as it must, but every wait has a deadline, which is not after that of the hold.
class JobHandler {
 public:
  virtual ~JobHandler() = default;

  // An exception is a Retry.
  virtual JobResult run(const JobAttempt& attempt) = 0;
};

}  // namespace tintype
