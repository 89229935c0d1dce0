// DESIGN. A job is a row that is in one index, by when it may be given next; giving it moves that to the end of its
// lease. So what a process that ended had is given again without anybody looking for it, and the cost of a job is that
// of a few steps in a b-tree, however many there are. Rejected: a status column with an index of its own and a sweep of
// old leases, which is two more things to keep right.
#include "adapters/queue_sqlite/job_table.h"

#include <charconv>

#include "adapters/sqlite/rows.h"

namespace tintype::sqlite {
namespace {

// "number:attempt".
struct Receipt {
  std::int64_t number = -1;  // which no job has
  std::int64_t attempt = 0;
};

Receipt parse(const std::string& text) {
  Receipt receipt;
  const char* const end = text.data() + text.size();
  const auto number = std::from_chars(text.data(), end, receipt.number);
  if (number.ec != std::errc() || number.ptr == end || *number.ptr != ':') return {};
  const auto attempt = std::from_chars(number.ptr + 1, end, receipt.attempt);
  return attempt.ec == std::errc() && attempt.ptr == end ? receipt : Receipt{};
}

struct DueJob {
  std::int64_t number;
  ReceivedJob received;
};

Result<DueJob> read_due(const Statement& row) {
  return DueJob{.number = row.integer(0),
                .received = {.job = {.key = row.text(1), .body = row.text(2)},
                             .receipt = {},
                             .attempt = static_cast<int>(row.integer(3)) + 1,
                             .pushed_at = time_at(row, 4)}};
}

Result<DeadJob> read_dead(const Statement& row) {
  return DeadJob{.job = {.key = row.text(0), .body = row.text(1)},
                 .attempts = static_cast<int>(row.integer(2)),
                 .reason = row.text(3),
                 .died_at = time_at(row, 4)};
}

Result<std::vector<DueJob>> due_jobs(Connection& connection, int limit, UnixTime now) {
  auto select = connection.statement(
      "SELECT number, key, body, attempts, pushed_at FROM jobs INDEXED BY jobs_by_due WHERE due_at <= ?"
      " ORDER BY due_at, number LIMIT ?");
  if (!select) return fail(select.error());
  select->bind(to_milliseconds(now), std::int64_t{std::max(limit, 0)});  // negative: no limit
  return read_rows<DueJob>(*select, read_due);
}

Result<void> move_to_the_dead(Connection& connection, std::int64_t number, const std::string& reason, UnixTime now) {
  auto copied = run(connection,
                    "INSERT INTO dead_jobs (key, body, attempts, reason, pushed_at, died_at)"
                    " SELECT key, body, attempts, ?2, pushed_at, ?3 FROM jobs WHERE number = ?1",
                    number, reason, to_milliseconds(now));
  if (!copied) return copied;
  return run(connection, "DELETE FROM jobs WHERE number = ?", number);
}

Result<void> lease(Connection& connection, const DueJob& job, UnixTime until) {
  return run(connection, "UPDATE jobs SET attempts = ?, leased = 1, due_at = ? WHERE number = ?",
             std::int64_t{job.received.attempt}, to_milliseconds(until), job.number);
}

Result<std::int64_t> count(Connection& connection, std::string_view sql) {
  auto select = connection.statement(sql);
  if (!select) return fail(select.error());
  const auto row = select->step();
  if (!row) return fail(row.error());
  return select->integer(0);
}

}  // namespace

Result<void> push_job(Connection& connection, const NewJob& job, UnixTime now) {
  return run(connection,
             "INSERT INTO jobs (key, body, due_at, pushed_at) VALUES (?1, ?2, ?3, ?3) ON CONFLICT (key) DO NOTHING",
             job.key, job.body, to_milliseconds(now));
}

Result<std::optional<UnixTime>> next_due(Connection& connection) {
  auto select = connection.statement("SELECT min(due_at) FROM jobs");
  if (!select) return fail(select.error());
  const auto row = select->step();
  if (!row) return fail(row.error());
  return select->is_null(0) ? std::nullopt : std::optional(time_at(*select, 0));
}

Result<std::vector<ReceivedJob>> receive_jobs(Connection& connection, int limit, UnixTime now, UnixTime lease_until,
                                              int max_attempts) {
  auto due = due_jobs(connection, limit, now);
  if (!due) return fail(due.error());
  std::vector<ReceivedJob> received;
  for (DueJob& job : *due) {
    const bool is_spent = job.received.attempt > max_attempts;
    const auto moved = is_spent ? move_to_the_dead(connection, job.number, "the process that did it ended", now)
                                : lease(connection, job, lease_until);
    if (!moved) return fail(moved.error());
    if (is_spent) continue;
    job.received.receipt = std::to_string(job.number) + ':' + std::to_string(job.received.attempt);
    received.push_back(std::move(job.received));
  }
  return received;
}

Result<bool> extend_job(Connection& connection, const std::string& receipt, UnixTime lease_until) {
  const Receipt job = parse(receipt);
  return changes_a_row(connection,
                       "UPDATE jobs SET due_at = ? WHERE number = ? AND attempts = ? AND leased = 1 RETURNING 1",
                       to_milliseconds(lease_until), job.number, job.attempt);
}

Result<bool> finish_job(Connection& connection, const std::string& receipt) {
  const Receipt job = parse(receipt);
  return changes_a_row(connection, "DELETE FROM jobs WHERE number = ? AND attempts = ? AND leased = 1 RETURNING 1",
                       job.number, job.attempt);
}

Result<bool> retry_job(Connection& connection, const std::string& receipt, UnixTime due) {
  const Receipt job = parse(receipt);
  return changes_a_row(
      connection, "UPDATE jobs SET due_at = ?, leased = 0 WHERE number = ? AND attempts = ? AND leased = 1 RETURNING 1",
      to_milliseconds(due), job.number, job.attempt);
}

Result<bool> bury_job(Connection& connection, const std::string& receipt, const std::string& reason, UnixTime now) {
  const auto ours = retry_job(connection, receipt, now);
  if (!ours || !*ours) return ours;
  if (auto moved = move_to_the_dead(connection, parse(receipt).number, reason, now); !moved) return fail(moved.error());
  return true;
}

Result<QueueDepth> depth_of_jobs(Connection& connection, UnixTime now) {
  auto select = connection.statement(
      "SELECT count(*) FILTER (WHERE due_at <= ?1), count(*) FILTER (WHERE due_at > ?1 AND leased = 0),"
      " count(*) FILTER (WHERE due_at > ?1 AND leased = 1), min(pushed_at) FILTER (WHERE due_at <= ?1) FROM jobs");
  if (!select) return fail(select.error());
  select->bind(to_milliseconds(now));
  const auto row = select->step();
  if (!row) return fail(row.error());
  QueueDepth depth{.ready = select->integer(0), .delayed = select->integer(1), .leased = select->integer(2)};
  if (!select->is_null(3)) depth.oldest = std::max(now - time_at(*select, 3), std::chrono::milliseconds(0));
  const auto dead = count(connection, "SELECT count(*) FROM dead_jobs");
  if (!dead) return fail(dead.error());
  depth.dead = *dead;
  return depth;
}

Result<std::vector<DeadJob>> dead_jobs(Connection& connection, int limit) {
  auto select =
      connection.statement("SELECT key, body, attempts, reason, died_at FROM dead_jobs ORDER BY number LIMIT ?");
  if (!select) return fail(select.error());
  select->bind(std::int64_t{std::max(limit, 0)});  // negative: no limit
  return read_rows<DeadJob>(*select, read_dead);
}

Result<int> redrive_jobs(Connection& connection, int limit, UnixTime now) {
  constexpr std::string_view kPush =
      "INSERT INTO jobs (key, body, due_at, pushed_at) SELECT key, body, ?1, ?1 FROM dead_jobs ORDER BY number LIMIT ?2"
      " ON CONFLICT (key) DO NOTHING";
  const std::int64_t most = std::max(limit, 0);
  if (auto pushed = run(connection, kPush, to_milliseconds(now), most); !pushed) return fail(pushed.error());
  constexpr std::string_view kRemove =
      "DELETE FROM dead_jobs WHERE number IN (SELECT number FROM dead_jobs ORDER BY number LIMIT ?)";
  if (auto removed = run(connection, kRemove, most); !removed) return fail(removed.error());
  return sqlite3_changes(connection.handle());
}

}  // namespace tintype::sqlite
