// DESIGN. SQLite has one writer at a time, and a durable commit costs an fsync. So one thread writes, and takes all
// jobs that have come in during the last fsync into the next transaction ("group commit"): measured 6 to 25 times the
// rate of a transaction each, at a lower latency (ADR 0008). A SAVEPOINT per job keeps one that fails from undoing its
// neighbours, and nobody is answered before COMMIT. Rejected: a writing connection per caller (they starve each other
// on the lock: p99 in seconds) and synchronous=NORMAL (loses acknowledged writes with the power).
//
// The lock comes first, then the jobs: while another process holds the lock, jobs are still in the queue and their
// callers can leave with DeadlineExceeded.
//
// A COMMIT that failed has not happened, and the next commit overwrites its frames in the WAL. The one gap is a failing
// fsync of a complete WAL followed by power loss before any other commit: recovery may then find those frames.
#include "adapters/sqlite/write_queue.h"

#include <exception>

#include "adapters/sqlite/transaction.h"
#include "base/crash_point.h"

namespace tintype::sqlite {
namespace {

Result<void> call(const WriteQueue::Job& job, Connection& connection) {
  try {
    return job(connection);
  } catch (const std::exception& thrown) {
    return fail(ErrorCode::Internal, "the store failed", thrown.what());
  }
}

// Whatever SQLite calls it, a transaction that cannot be begun or ended is the store's trouble, not the job's.
Error as_unavailable(Error error) {
  error.code = ErrorCode::StoreUnavailable;
  error.public_message = "the store is not available; try again later";
  return error;
}

}  // namespace

WriteQueue::WriteQueue(std::unique_ptr<Connection> connection, Limits limits)
    : connection_(std::move(connection)), limits_(limits), writer_([this] { write_until_stopped(); }) {}

WriteQueue::~WriteQueue() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_one();
  writer_.join();
}

Result<void> WriteQueue::run(const Job& job, Deadline deadline) {
  const auto too_late = [] {
    return fail(ErrorCode::DeadlineExceeded, "the store took too long; try again later",
                "the deadline passed in the write queue");
  };
  if (deadline.expired()) return too_late();
  std::unique_lock lock(mutex_);
  if (waiting_.size() >= limits_.waiting) {
    return fail(ErrorCode::Overloaded, "too much is being written; try again later", "the write queue is full");
  }
  Ticket ticket{.job = job};
  waiting_.push_back(&ticket);
  work_.notify_one();
  const auto begun = [&ticket] { return ticket.stage != Stage::Waiting; };
  const auto answered = [&ticket] { return ticket.stage == Stage::Answered; };
  if (!deadline.is_never() && !ticket.answered.wait_until(lock, deadline.time_point(), begun)) {
    std::erase(waiting_, &ticket);
    return too_late();
  }
  ticket.answered.wait(lock, answered);
  return ticket.outcome;
}

std::size_t WriteQueue::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

void WriteQueue::write_until_stopped() {
  while (wait_for_work()) run_batch();
}

bool WriteQueue::wait_for_work() {
  std::unique_lock lock(mutex_);
  work_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
  return !stopping_;
}

WriteQueue::Batch WriteQueue::take_batch() {
  const std::lock_guard lock(mutex_);
  const auto count = static_cast<std::ptrdiff_t>(std::min(waiting_.size(), limits_.batch));
  Batch batch(waiting_.begin(), waiting_.begin() + count);
  waiting_.erase(waiting_.begin(), waiting_.begin() + count);
  for (Ticket* ticket : batch) ticket->stage = Stage::Running;
  return batch;
}

void WriteQueue::run_batch() {
  auto transaction = Transaction::begin(*connection_);
  const Batch batch = take_batch();
  if (batch.empty()) return;  // all have left while we waited for the lock
  auto done = transaction ? run_jobs(batch) : Result<void>(fail(transaction.error()));
  crash_point("metadata.before-commit");
  if (done) done = transaction->commit();
  crash_point("metadata.after-commit");
  if (!done) {
    // Also for jobs that failed by themselves: they may have seen what their neighbours wrote.
    for (Ticket* ticket : batch) ticket->outcome = fail(as_unavailable(done.error()));
  }
  answer(batch);
}

// An error means that the transaction is lost, with all jobs in it.
Result<void> WriteQueue::run_jobs(const Batch& batch) {
  for (Ticket* ticket : batch) {
    if (auto kept = run_in_savepoint(*ticket); !kept) return kept;
  }
  return {};
}

Result<void> WriteQueue::run_in_savepoint(Ticket& ticket) {
  if (auto opened = connection_->execute("SAVEPOINT job"); !opened) return opened;
  ticket.outcome = call(ticket.job, *connection_);
  if (ticket.outcome) return connection_->execute("RELEASE job");
  if (!connection_->in_transaction()) return fail(ticket.outcome.error());  // SQLite has rolled everything back
  return connection_->execute("ROLLBACK TO job; RELEASE job");
}

void WriteQueue::answer(const Batch& batch) {
  const std::lock_guard lock(mutex_);
  for (Ticket* ticket : batch) {
    ticket->stage = Stage::Answered;
    ticket->answered.notify_one();  // under the lock: the ticket is gone as soon as its caller can run
  }
}

}  // namespace tintype::sqlite
