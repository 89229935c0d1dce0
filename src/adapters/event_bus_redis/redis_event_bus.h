#pragma once

#include <functional>
#include <string>

#include "adapters/event_bus_local/local_event_bus.h"
#include "adapters/redis/redis_client.h"
#include "adapters/redis/redis_subscription.h"
#include "ports/event_bus.h"

namespace tintype {

// An EventBus that reaches all processes on one channel of a Redis server. While Redis is away it reaches this process
// only, and says nothing: who listens looks into the log by themselves, too. What this process publishes it hears at
// once, without Redis; when the channel is lost, and when it is back, that is a gap.
class RedisEventBus final : public EventBus, private redis::RedisSubscription::Listener {
 public:
  // `client` is only for publishing, and may be one that others use, too. All processes have the same
  // subscription.channel.
  RedisEventBus(redis::RedisClient& client, redis::RedisSubscription::Options subscription, const Logger& log);

  void publish(const UserId& user, const ImageId& image) override;
  void listen(Heard heard) override { local_.listen(std::move(heard)); }
  void listen_to_gaps(std::function<void()> gap) override;

  // Whether what others publish is heard.
  bool is_listening() const { return subscription_.connected(); }

 private:
  void message(std::string_view payload) override;
  void gap() override;

  redis::RedisClient& client_;
  const std::string channel_;
  const std::string origin_;  // tells our own messages from others'
  LocalEventBus local_;
  std::mutex mutex_;                       // held while gap_ is called
  std::function<void()> gap_;              // guarded by mutex_
  redis::RedisSubscription subscription_;  // last, as is its thread
};

}  // namespace tintype
