#include "adapters/queue_sqlite/sqlite_job_queue.h"

#include "adapters/queue_sqlite/job_table.h"
#include "ports/metadata_error.h"

namespace tintype {

using sqlite::Connection;
using std::chrono::milliseconds;
using Jobs = std::vector<ReceivedJob>;

Result<void> SqliteJobQueue::push(std::span<const NewJob> jobs, Deadline deadline) {
  auto pushed = database_->write<void>(deadline, [&](Connection& connection) -> Result<void> {
    for (const NewJob& job : jobs) {
      if (auto one = sqlite::push_job(connection, job, clock_.now()); !one) return one;
    }
    return {};
  });
  if (pushed) database_->jobs_pushed().give();
  return pushed;
}

Result<Jobs> SqliteJobQueue::receive(int limit, milliseconds lease, milliseconds wait, Deadline deadline) {
  const auto until = Deadline::after(wait).earlier_of(deadline);
  for (;;) {
    const std::uint64_t pushed = database_->jobs_pushed().given();
    // A look first: taking the write lock for nothing, twice a second, would be a burden on everybody.
    const auto due = next_due(deadline);
    if (!due) return fail(due.error());
    const UnixTime now = clock_.now();
    if (*due && **due <= now) {
      auto received = receive_now(limit, lease, deadline);
      if (!received || !received->empty()) return received;
    }
    if (until.expired()) return Jobs();
    milliseconds pause = options_.look_every;
    if (*due && **due > now) pause = std::min(pause, **due - now);
    database_->jobs_pushed().wait_until(pushed, Deadline::after(pause).earlier_of(until).time_point());
    if (deadline.expired()) return Jobs();
  }
}

Result<std::optional<UnixTime>> SqliteJobQueue::next_due(Deadline deadline) {
  return database_->read<std::optional<UnixTime>>(deadline,
                                                  [](Connection& connection) { return sqlite::next_due(connection); });
}

Result<Jobs> SqliteJobQueue::receive_now(int limit, milliseconds lease, Deadline deadline) {
  return database_->write<Jobs>(deadline, [&](Connection& connection) {
    const UnixTime now = clock_.now();
    return sqlite::receive_jobs(connection, limit, now, now + lease, options_.max_attempts);
  });
}

Result<void> SqliteJobQueue::extend(const ReceivedJob& job, milliseconds lease, Deadline deadline) {
  return database_->write<void>(deadline, [&](Connection& connection) -> Result<void> {
    const auto extended = sqlite::extend_job(connection, job.receipt, clock_.now() + lease);
    if (!extended) return fail(extended.error());
    return *extended ? Result<void>() : fail(claim_lost());
  });
}

Result<void> SqliteJobQueue::finish(std::span<const ReceivedJob> jobs, Deadline deadline) {
  return database_->write<void>(deadline, [&](Connection& connection) -> Result<void> {
    for (const ReceivedJob& job : jobs) {
      if (auto finished = sqlite::finish_job(connection, job.receipt); !finished) return fail(finished.error());
    }
    return {};
  });
}

Result<bool> SqliteJobQueue::retry(const ReceivedJob& job, milliseconds delay, const std::string& reason,
                                   Deadline deadline) {
  const bool is_last = job.attempt >= options_.max_attempts;
  auto moved = database_->write<bool>(deadline, [&](Connection& connection) {
    const UnixTime now = clock_.now();
    return is_last ? sqlite::bury_job(connection, job.receipt, reason, now)
                   : sqlite::retry_job(connection, job.receipt, now + delay);
  });
  if (!moved) return moved;
  if (!is_last) database_->jobs_pushed().give();
  return *moved && is_last;
}

Result<void> SqliteJobQueue::abort(const ReceivedJob& job, const std::string& reason, Deadline deadline) {
  return database_->write<void>(deadline, [&](Connection& connection) -> Result<void> {
    const auto buried = sqlite::bury_job(connection, job.receipt, reason, clock_.now());
    return buried ? Result<void>() : fail(buried.error());
  });
}

Result<QueueDepth> SqliteJobQueue::depth(Deadline deadline) {
  return database_->read<QueueDepth>(
      deadline, [&](Connection& connection) { return sqlite::depth_of_jobs(connection, clock_.now()); });
}

Result<std::vector<DeadJob>> SqliteJobQueue::dead(int limit, Deadline deadline) {
  return database_->read<std::vector<DeadJob>>(
      deadline, [&](Connection& connection) { return sqlite::dead_jobs(connection, limit); });
}

Result<int> SqliteJobQueue::redrive(int limit, Deadline deadline) {
  auto redriven = database_->write<int>(
      deadline, [&](Connection& connection) { return sqlite::redrive_jobs(connection, limit, clock_.now()); });
  if (redriven) database_->jobs_pushed().give();
  return redriven;
}

Result<void> SqliteJobQueue::check(Deadline deadline) {
  const auto due = next_due(deadline);
  return due ? Result<void>() : fail(due.error());
}

}  // namespace tintype
