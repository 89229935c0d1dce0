#include "main/event_composition.h"

#include "adapters/event_bus_local/local_event_bus.h"
#include "adapters/event_bus_redis/redis_event_bus.h"

namespace tintype {

std::unique_ptr<EventBus> make_event_bus(const config::Settings& settings, const CacheParts& cache, const Logger& log) {
  if (cache.client == nullptr) return std::make_unique<LocalEventBus>();
  // The URL has been read before, or there would be no client.
  auto subscription = redis_subscription_options(settings, redis_url(settings).value());
  subscription.channel += ":events";
  subscription.client_name = "tintype-image-events";
  return std::make_unique<RedisEventBus>(*cache.client, std::move(subscription), log);
}

}  // namespace tintype
