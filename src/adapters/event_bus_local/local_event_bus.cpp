#include "adapters/event_bus_local/local_event_bus.h"

#include <mutex>
#include <utility>

namespace tintype {

void LocalEventBus::publish(const UserId& user, const ImageId& image) {
  const std::shared_lock lock(mutex_);
  if (heard_) heard_(user, image);
}

void LocalEventBus::listen(Heard heard) {
  const std::unique_lock lock(mutex_);
  heard_ = std::move(heard);
}

}  // namespace tintype
