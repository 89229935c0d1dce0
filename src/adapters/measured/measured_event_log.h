#pragma once

#include "adapters/measured/operation_timer.h"
#include "ports/event_log.h"

namespace tintype {

// Forwards every call to another log and times it.
class MeasuredEventLog final : public EventLog {
 public:
  // Both must outlive it.
  MeasuredEventLog(EventLog& log, MetricsRegistry& metrics);

  Result<std::vector<ImageEvent>> events_after(const UserId& user, const std::string& after, int limit,
                                               Deadline deadline) override;
  Result<std::vector<ImageEvent>> unannounced(int limit, Deadline deadline) override;
  Result<void> mark_announced(std::span<const ImageEvent> events, Deadline deadline) override;
  Result<int> forget(UnixTime before, int limit, Deadline deadline) override;

 private:
  EventLog& log_;
  const OperationTimer events_after_;
  const OperationTimer unannounced_;
  const OperationTimer mark_announced_;
  const OperationTimer forget_;
};

}  // namespace tintype
