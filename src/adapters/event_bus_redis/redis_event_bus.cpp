#include "adapters/event_bus_redis/redis_event_bus.h"

#include <mutex>
#include <utility>

#include "adapters/event_bus_redis/event_message.h"
#include "base/random.h"

namespace tintype {
namespace {

// A hint that is later than this is of no use: whoever listens has looked by themselves.
constexpr std::chrono::milliseconds kPublishTime{1000};

}  // namespace

RedisEventBus::RedisEventBus(redis::RedisClient& client, redis::RedisSubscription::Options subscription,
                             const Logger& log)
    : client_(client),
      channel_(subscription.channel),
      origin_(random_hex(8)),
      subscription_(std::move(subscription), static_cast<redis::RedisSubscription::Listener&>(*this), log) {}

void RedisEventBus::publish(const UserId& user, const ImageId& image) {
  client_.start({{"PUBLISH", channel_, encode({origin_, image, user})}}, Deadline::after(kPublishTime),
                [](const redis::Replies&) {});
  local_.publish(user, image);
}

void RedisEventBus::listen_to_gaps(std::function<void()> gap) {
  const std::lock_guard lock(mutex_);
  gap_ = std::move(gap);
}

void RedisEventBus::message(std::string_view payload) {
  const auto message = parse_event_message(payload);
  if (message && message->origin != origin_) local_.publish(message->user, message->image);
}

void RedisEventBus::gap() {
  const std::lock_guard lock(mutex_);
  if (gap_) gap_();
}

}  // namespace tintype
