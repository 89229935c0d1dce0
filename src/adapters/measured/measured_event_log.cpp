#include "adapters/measured/measured_event_log.h"

namespace tintype {

MeasuredEventLog::MeasuredEventLog(EventLog& log, MetricsRegistry& metrics)
    : log_(log),
      events_after_(metrics, "events", "events_after"),
      unannounced_(metrics, "events", "unannounced"),
      mark_announced_(metrics, "events", "mark_announced"),
      forget_(metrics, "events", "forget") {}

Result<std::vector<ImageEvent>> MeasuredEventLog::events_after(const UserId& user, const std::string& after, int limit,
                                                               Deadline deadline) {
  return events_after_.time([&] { return log_.events_after(user, after, limit, deadline); });
}

Result<std::vector<ImageEvent>> MeasuredEventLog::unannounced(int limit, Deadline deadline) {
  return unannounced_.time([&] { return log_.unannounced(limit, deadline); });
}

Result<void> MeasuredEventLog::mark_announced(std::span<const ImageEvent> events, Deadline deadline) {
  return mark_announced_.time([&] { return log_.mark_announced(events, deadline); });
}

Result<int> MeasuredEventLog::forget(UnixTime before, int limit, Deadline deadline) {
  return forget_.time([&] { return log_.forget(before, limit, deadline); });
}

}  // namespace tintype
