// The event log: the methods of EventLog that have these names.
#pragma once

#include "adapters/metadata_dynamodb/database.h"
#include "ports/event_log.h"

namespace tintype::dynamodb {

Result<std::vector<ImageEvent>> events_after(Database& database, const UserId& user, const std::string& after,
                                             int limit, Deadline deadline);
Result<std::vector<ImageEvent>> unannounced(Database& database, int limit, Deadline deadline);
Result<void> mark_announced(Database& database, std::span<const ImageEvent> events, Deadline deadline);
Result<int> forget(Database& database, UnixTime before, int limit, Deadline deadline);

}  // namespace tintype::dynamodb
