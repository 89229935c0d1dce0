#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/sqlite/connection.h"
#include "ports/job_queue.h"

namespace tintype::sqlite {

// The jobs in tintype.db. Results and errors are those of JobQueue; what writes takes several statements: call within a
// transaction, and roll back to where it began if it fails.

Result<void> push_job(Connection& connection, const NewJob& job, UnixTime now);

// When the next job may be given; nullopt: there is none.
Result<std::optional<UnixTime>> next_due(Connection& connection);
// Those that had been given `max_attempts` times, by processes that ended, become dead letters instead.
Result<std::vector<ReceivedJob>> receive_jobs(Connection& connection, int limit, UnixTime now, UnixTime lease_until,
                                              int max_attempts);

// A job that was given for the last time with `receipt` and not settled since: false if that is not so.
Result<bool> extend_job(Connection& connection, const std::string& receipt, UnixTime lease_until);
Result<bool> finish_job(Connection& connection, const std::string& receipt);
Result<bool> retry_job(Connection& connection, const std::string& receipt, UnixTime due);
Result<bool> bury_job(Connection& connection, const std::string& receipt, const std::string& reason, UnixTime now);

Result<QueueDepth> depth_of_jobs(Connection& connection, UnixTime now);
Result<std::vector<DeadJob>> dead_jobs(Connection& connection, int limit);
Result<int> redrive_jobs(Connection& connection, int limit, UnixTime now);

}  // namespace tintype::sqlite
