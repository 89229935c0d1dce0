#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "adapters/redis/descriptor_slot.h"
#include "adapters/redis/dialer.h"
#include "adapters/redis/reconnect_schedule.h"
#include "adapters/redis/redis_codec.h"
#include "adapters/redis/redis_subscription.h"

namespace tintype::redis {

// The thread of a RedisSubscription, and all that happens on it.
//
// Thread safety: is_current and connected may be called concurrently; the rest is the thread's.
class SubscriptionLoop {
 public:
  SubscriptionLoop(RedisSubscription::Options options, RedisSubscription::Listener& listener, const Logger& log);
  ~SubscriptionLoop();
  SubscriptionLoop(const SubscriptionLoop&) = delete;
  SubscriptionLoop& operator=(const SubscriptionLoop&) = delete;

  bool is_current() const { return slot_.is_drained() && phase_ == Phase::Waiting; }
  bool connected() const { return phase_ != Phase::Disconnected; }

 private:
  enum class Phase { Disconnected, Busy, Waiting };

  Awaitable<void> stay_subscribed();
  Awaitable<Result<std::shared_ptr<Stream>>> subscribe();
  Awaitable<std::string> receive(std::shared_ptr<Stream> stream);
  Awaitable<void> ping(std::shared_ptr<Stream> stream);
  Result<void> take_all(Stream& stream);
  Result<void> deliver();
  void complain(const std::string& why);

  const RedisSubscription::Options options_;
  RedisSubscription::Listener& listener_;
  const Logger& log_;
  std::atomic<Phase> phase_{Phase::Disconnected};  // sequentially consistent: is_current relies on it
  DescriptorSlot slot_;

  std::unique_ptr<ReplyReader> reader_;  // of the present connection
  Deadline::Clock::time_point heard_at_;
  std::string last_complaint_;  // logged, and not to be said again
  ReconnectSchedule schedule_;
  asio::io_context context_{1};
  Dialer dialer_;
  std::thread thread_;
};

}  // namespace tintype::redis
