// A JobQueue keeps jobs until somebody has done them, and gives each to one process at a time. It knows nothing of what
// they are.
//
// A job is given with a lease: whoever has it extends that while they work, and settles the job in the end. One that is
// not settled before its lease ends is given again; so a job may be done more than once, also at the same time when a
// worker is slow, and doing it must be idempotent. After `max_attempts` times, which the adapter is made with, a job is
// not given again: it is a dead letter, until redrive().
//
// Thread safety: all methods may be called concurrently.
// Blocking: every method may block until `deadline`, then returns DeadlineExceeded.
// Durability: what was answered with success survives power loss.
// Errors: StoreUnavailable, DeadlineExceeded, Overloaded everywhere; the others where said.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "base/result.h"
#include "base/time_format.h"
#include "model/new_job.h"

namespace tintype {

struct ReceivedJob {
  NewJob job;
  std::string receipt;  // of this time that it was given; opaque
  int attempt = 1;      // how often it has been given, this time included
  UnixTime pushed_at;
};

struct DeadJob {
  NewJob job;
  int attempts = 0;
  std::string reason;  // why it was given up, as far as the queue knows
  UnixTime died_at;    // or, where the queue does not know, when it was pushed
};

struct QueueDepth {
  std::int64_t ready = 0;    // may be given now
  std::int64_t delayed = 0;  // may be given later
  std::int64_t leased = 0;   // somebody has them
  std::int64_t dead = 0;
  // Of the oldest job that is ready; absent if there is none or the queue cannot tell.
  std::optional<std::chrono::milliseconds> oldest = {};
};

class JobQueue {
 public:
  virtual ~JobQueue() = default;

  // Adds the jobs. One whose key is in the queue already, and is not a dead letter, is left out: on several machines as
  // far as the queue can tell. All are added, or it is an error and some may have been: push them again.
  virtual Result<void> push(std::span<const NewJob> jobs, Deadline deadline) = 0;

  // Whether the metadata store pushes the job of a record that it adds as processing, in the same step
  // (MetadataStore::complete). Else the caller does.
  virtual bool is_fed_by_commits() const { return false; }

  // Up to `limit` jobs (1 to 10), oldest first as far as the queue can tell, each with a lease from now on. If there is
  // none it waits for one, until `wait` has passed or `deadline`, and then gives none, which is no error.
  virtual Result<std::vector<ReceivedJob>> receive(int limit, std::chrono::milliseconds lease,
                                                   std::chrono::milliseconds wait, Deadline deadline) = 0;

  // The lease ends `lease` from now. ClaimLost if the job may have been given to somebody else since, or is settled.
  virtual Result<void> extend(const ReceivedJob& job, std::chrono::milliseconds lease, Deadline deadline) = 0;

  // The jobs are done and leave the queue. One that was given to somebody else since stays theirs, if the queue can
  // tell; that is no error.
  virtual Result<void> finish(std::span<const ReceivedJob> jobs, Deadline deadline) = 0;

  // The job has failed and is given again after `delay` (at most 12 h), or becomes a dead letter, with `reason`, if it
  // has been given max_attempts times; true then. Success, and nothing happens, if it was given to somebody else.
  virtual Result<bool> retry(const ReceivedJob& job, std::chrono::milliseconds delay, const std::string& reason,
                             Deadline deadline) = 0;

  // The job becomes a dead letter now: no further attempt can help.
  virtual Result<void> abort(const ReceivedJob& job, const std::string& reason, Deadline deadline) = 0;

  // Approximate where the queue is on several machines.
  virtual Result<QueueDepth> depth(Deadline deadline) = 0;

  // Up to `limit` dead letters, which stay what they are.
  virtual Result<std::vector<DeadJob>> dead(int limit, Deadline deadline) = 0;
  // Makes up to `limit` dead letters jobs again, with no attempts; how many there were.
  virtual Result<int> redrive(int limit, Deadline deadline) = 0;

  // Cheap: whether the queue answers. Never writes.
  virtual Result<void> check(Deadline deadline) = 0;
};

}  // namespace tintype
