#include "adapters/metadata_sqlite/sqlite_event_log.h"

#include "adapters/metadata_sqlite/events.h"

namespace tintype {

using sqlite::Connection;
using Events = std::vector<ImageEvent>;

Result<Events> SqliteEventLog::events_after(const UserId& user, const std::string& after, int limit,
                                            Deadline deadline) {
  return database_->read<Events>(
      deadline, [&](Connection& connection) { return sqlite::events_after(connection, user, after, limit); });
}

Result<Events> SqliteEventLog::unannounced(int limit, Deadline deadline) {
  return database_->read<Events>(deadline,
                                 [&](Connection& connection) { return sqlite::unannounced(connection, limit); });
}

Result<void> SqliteEventLog::mark_announced(std::span<const ImageEvent> events, Deadline deadline) {
  return database_->write<void>(deadline,
                                [&](Connection& connection) { return sqlite::mark_announced(connection, events); });
}

// A look first: a commit for nothing, every few seconds, is an fsync for nothing.
Result<int> SqliteEventLog::forget(UnixTime before, int limit, Deadline deadline) {
  const auto any = database_->read<bool>(
      deadline, [&](Connection& connection) { return sqlite::has_events_before(connection, before); });
  if (!any) return fail(any.error());
  if (!*any) return 0;
  return database_->write<int>(
      deadline, [&](Connection& connection) { return sqlite::forget_events(connection, before, limit); });
}

}  // namespace tintype
