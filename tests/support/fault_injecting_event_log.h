#pragma once

#include <string>
#include <vector>

#include "ports/event_log.h"
#include "tests/support/fault_points.h"

namespace tintype::testing_support {

enum class EventLogOperation { EventsAfter, Unannounced, MarkAnnounced, Forget };

// Forwards to another EventLog, and makes chosen calls fail, wait, or meet something that happens just then.
// FaultTime::After breaks the port's promise that a failed write has not happened, as a crash or a lost answer would.
//
// Thread safety: all methods may be called concurrently, also while hooks are being set.
class FaultInjectingEventLog final : public EventLog, public FaultPoints<EventLogOperation, 4> {
 public:
  explicit FaultInjectingEventLog(EventLog& log) : log_(log) {}

  Result<std::vector<ImageEvent>> events_after(const UserId& user, const std::string& after, int limit,
                                               Deadline deadline) override {
    return around(EventLogOperation::EventsAfter, user.text(),
                  [&] { return log_.events_after(user, after, limit, deadline); });
  }
  Result<std::vector<ImageEvent>> unannounced(int limit, Deadline deadline) override {
    return around(EventLogOperation::Unannounced, {}, [&] { return log_.unannounced(limit, deadline); });
  }
  // What the call is about is the first of the events.
  Result<void> mark_announced(std::span<const ImageEvent> events, Deadline deadline) override {
    return around(EventLogOperation::MarkAnnounced, events.empty() ? std::string_view() : events.front().id,
                  [&] { return log_.mark_announced(events, deadline); });
  }
  Result<int> forget(UnixTime before, int limit, Deadline deadline) override {
    return around(EventLogOperation::Forget, {}, [&] { return log_.forget(before, limit, deadline); });
  }

 private:
  EventLog& log_;
};

}  // namespace tintype::testing_support
