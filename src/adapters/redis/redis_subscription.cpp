#include "adapters/redis/redis_subscription.h"

#include "adapters/redis/subscription_loop.h"

namespace tintype::redis {

RedisSubscription::RedisSubscription(Options options, Listener& listener, const Logger& log)
    : loop_(std::make_unique<SubscriptionLoop>(std::move(options), listener, log)) {}

RedisSubscription::~RedisSubscription() = default;

bool RedisSubscription::is_current() const {
  return loop_->is_current();
}

bool RedisSubscription::connected() const {
  return loop_->connected();
}

}  // namespace tintype::redis
