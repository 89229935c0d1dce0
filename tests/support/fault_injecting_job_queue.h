#pragma once

#include <string>
#include <vector>

#include "ports/job_queue.h"
#include "tests/support/fault_points.h"

namespace tintype::testing_support {

enum class QueueOperation { Push, Receive, Extend, Finish, Retry, Abort, Depth, Dead, Redrive, Check };

// Forwards to another JobQueue, and makes chosen calls fail, wait, or meet something that happens just then. Hooks get
// the key of the job, of the first one where there are several.
//
// Thread safety: all methods may be called concurrently, also while hooks are being set.
class FaultInjectingJobQueue final : public JobQueue, public FaultPoints<QueueOperation, 10> {
 public:
  explicit FaultInjectingJobQueue(JobQueue& queue) : queue_(queue) {}

  Result<void> push(std::span<const NewJob> jobs, Deadline deadline) override {
    const std::string_view subject = jobs.empty() ? std::string_view() : jobs.front().key;
    return around(QueueOperation::Push, subject, [&] { return queue_.push(jobs, deadline); });
  }
  bool is_fed_by_commits() const override { return queue_.is_fed_by_commits(); }
  Result<std::vector<ReceivedJob>> receive(int limit, std::chrono::milliseconds lease, std::chrono::milliseconds wait,
                                           Deadline deadline) override {
    return around(QueueOperation::Receive, {}, [&] { return queue_.receive(limit, lease, wait, deadline); });
  }
  Result<void> extend(const ReceivedJob& job, std::chrono::milliseconds lease, Deadline deadline) override {
    return around(QueueOperation::Extend, job.job.key, [&] { return queue_.extend(job, lease, deadline); });
  }
  Result<void> finish(std::span<const ReceivedJob> jobs, Deadline deadline) override {
    const std::string_view subject = jobs.empty() ? std::string_view() : jobs.front().job.key;
    return around(QueueOperation::Finish, subject, [&] { return queue_.finish(jobs, deadline); });
  }
  Result<bool> retry(const ReceivedJob& job, std::chrono::milliseconds delay, const std::string& reason,
                     Deadline deadline) override {
    return around(QueueOperation::Retry, job.job.key, [&] { return queue_.retry(job, delay, reason, deadline); });
  }
  Result<void> abort(const ReceivedJob& job, const std::string& reason, Deadline deadline) override {
    return around(QueueOperation::Abort, job.job.key, [&] { return queue_.abort(job, reason, deadline); });
  }
  Result<QueueDepth> depth(Deadline deadline) override {
    return around(QueueOperation::Depth, {}, [&] { return queue_.depth(deadline); });
  }
  Result<std::vector<DeadJob>> dead(int limit, Deadline deadline) override {
    return around(QueueOperation::Dead, {}, [&] { return queue_.dead(limit, deadline); });
  }
  Result<int> redrive(int limit, Deadline deadline) override {
    return around(QueueOperation::Redrive, {}, [&] { return queue_.redrive(limit, deadline); });
  }
  Result<void> check(Deadline deadline) override {
    return around(QueueOperation::Check, {}, [&] { return queue_.check(deadline); });
  }

 private:
  JobQueue& queue_;
};

}  // namespace tintype::testing_support
