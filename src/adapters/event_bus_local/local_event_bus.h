#pragma once

#include <shared_mutex>

#include "ports/event_bus.h"

namespace tintype {

// An EventBus that reaches this process only. `heard` is called on the thread that publishes, and must not publish.
class LocalEventBus final : public EventBus {
 public:
  void publish(const UserId& user, const ImageId& image) override;
  void listen(Heard heard) override;

 private:
  std::shared_mutex mutex_;  // shared by calls of heard_ that are under way
  Heard heard_;              // guarded by mutex_
};

}  // namespace tintype
