#pragma once

#include <span>
#include <string>
#include <vector>

#include "adapters/sqlite/connection.h"
#include "model/image_event.h"

namespace tintype::sqlite {

// Writes an event, in the transaction of what it tells of; `announce`: it will be among those of unannounced().
Result<void> add_event(Connection& connection, const ImageEvent& event, bool announce);

// Results and errors are those of EventLog's methods of the same name.
Result<std::vector<ImageEvent>> events_after(Connection& connection, const UserId& user, const std::string& after,
                                             int limit);
Result<std::vector<ImageEvent>> unannounced(Connection& connection, int limit);
Result<void> mark_announced(Connection& connection, std::span<const ImageEvent> events);
Result<bool> has_events_before(Connection& connection, UnixTime before);
Result<int> forget_events(Connection& connection, UnixTime before, int limit);

}  // namespace tintype::sqlite
