#include "main/doctor/redis_cache_checks.h"

#include <array>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "main/cache_composition.h"
#include "main/doctor/amounts.h"

namespace tintype {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int kTries = 5;  // of what has 20 ms each
constexpr auto kPause = 5ms;
constexpr auto kTidyTime = 1s;
constexpr auto kHearingTime = 2s;

// The cache as the service has it.
class Serving {
 public:
  explicit Serving(const RedisUnderCheck& on)
      : client_({.url = on.url, .ca_file = on.settings.redis_ca_file, .client_name = "tintype-doctor"}, silent_),
        cache_(client_, redis_cache_options(on.settings, on.url), silent_) {}

  RedisCache& cache() { return cache_; }
  bool was_late() const { return client_.counts().timeouts > 0; }
  // The first call of a client waits for a connection, for longer than one of the cache would.
  Result<void> connect(Deadline deadline) {
    const auto answered = client_.call({{"PING"}}, deadline);
    return answered ? Result<void>() : fail(answered.error());
  }

 private:
  const Logger silent_{LogLevel::Error, -1};
  redis::RedisClient client_;
  RedisCache cache_;
};

CheckOutcome too_slow(const Error& error) {
  return failed("it answers, but not to a client as impatient as the service: " + error.detail,
                "see load of the server and the network: a connection has 200 ms, an answer 100 ms");
}

// Whether the value is kept and found.
bool keeps(RedisCache& cache, const CacheKey& key, Deadline deadline) {
  const auto value = std::make_shared<const std::string>("tintype doctor");
  const CacheFill fill = cache.begin_fill(key, deadline);
  if (!cache.put(fill, value, DoctorCacheKeys::kLifetime, deadline)) return false;
  const CachedBytes found = cache.get(key, deadline);
  return found != nullptr && *found == *value;
}

bool keeps_one_of_some(RedisCache& cache, const CacheKey& key, Deadline deadline) {
  for (int i = 0; i < kTries && !deadline.expired(); ++i) {
    if (keeps(cache, key, deadline)) return true;
    std::this_thread::sleep_for(kPause);
  }
  return false;
}

// What an invalidated list leaves is removed by the cache's own thread, a little later.
void wait_until_tidy(const RedisCache& cache, Deadline deadline) {
  while (cache.counts().removed == 0 && !deadline.expired()) std::this_thread::sleep_for(kPause);
}

CheckOutcome advise_on_invalidation(const Error& error) {
  return failed(error, redis_refusal_advice(std::array{RedisRefusal{.command = {}, .error = error.detail}}));
}

// Hears what other replicas would.
class Replica final : public redis::RedisSubscription::Listener {
 public:
  void message(std::string_view payload) override {
    const std::lock_guard lock(mutex_);
    is_heard_ = is_heard_ || payload == awaited_;
    changed_.notify_all();
  }
  // Comes first when it is connected.
  void gap() override {
    const std::lock_guard lock(mutex_);
    is_listening_ = true;
    changed_.notify_all();
  }

  explicit Replica(std::string awaited) : awaited_(std::move(awaited)) {}
  bool listens(Deadline deadline) { return wait_for(is_listening_, deadline); }
  bool hears(Deadline deadline) { return wait_for(is_heard_, deadline); }

 private:
  bool wait_for(const bool& flag, Deadline deadline) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, deadline.time_point(), [&] { return flag; });
  }
  const std::string awaited_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_listening_ = false;  // guarded by mutex_, as is the next
  bool is_heard_ = false;
};

CheckOutcome hear_an_invalidation(const RedisUnderCheck& on, Deadline deadline) {
  const Logger silent(LogLevel::Error, -1);
  const DoctorCacheKeys own;
  const std::string& tag = own.image.tags.front();
  Replica replica(tag);
  const redis::RedisSubscription subscription(redis_subscription_options(on.settings, on.url), replica, silent);
  Serving serving(on);
  if (auto connected = serving.connect(deadline); !connected) return too_slow(connected.error());
  const Deadline hearing = deadline.earlier_of(Deadline::after(kHearingTime));
  if (!replica.listens(hearing))
    return failed("it was not subscribed to in time", "see load of the server and the network: it has 200 ms");
  const auto begin = Clock::now();
  if (auto told = serving.cache().invalidate(std::span(&tag, 1), {}, deadline); !told)
    return advise_on_invalidation(told.error());
  if (!replica.hears(hearing))
    return failed("no message came back", "connect to Redis itself, and not by a proxy; or set cache-memory=0");
  return passed("a message came back in " + milliseconds_text(Clock::now() - begin));
}

}  // namespace

CheckOutcome check_redis_invalidation(const RedisUnderCheck& on, Deadline deadline) {
  Serving serving(on);
  RedisCache& cache = serving.cache();
  if (auto connected = serving.connect(deadline); !connected) return too_slow(connected.error());
  const DoctorCacheKeys own;
  const auto begin = Clock::now();
  const bool are_kept = keeps_one_of_some(cache, own.image, deadline) && keeps_one_of_some(cache, own.list, deadline);
  const std::string announced = cache.announce(own.tags, deadline);
  if (auto told = cache.invalidate(own.tags, announced, deadline); !told) return advise_on_invalidation(told.error());
  const auto took = Clock::now() - begin;
  // Without an error: the answer to a write has waited until every replica must have noticed.
  if (cache.counts().waiting > 0)
    return failed("it could not be told of an invalidation", "see load and log of the server, and the network");
  if (!are_kept) {
    return failed(serving.was_late() ? "it did not answer within 20 ms" : "what was put there is not found again",
                  "see load and evictions of the server, and whether a proxy is in front: reads will go to the store");
  }
  if (cache.get(own.image, deadline) != nullptr || cache.get(own.list, deadline) != nullptr)
    return failed("a value was found after its invalidation", "connect to Redis itself, and not by a proxy or replica");
  wait_until_tidy(cache, deadline.earlier_of(Deadline::after(kTidyTime)));
  return passed("a picture and a list, in " + milliseconds_text(took));
}

CheckOutcome check_redis_channel(const RedisUnderCheck& on, Deadline deadline) {
  if (on.settings.cache_memory == 0) return not_checked("no memory in front (cache-memory=0)");
  const std::vector<redis::Command> subscribe = {
      {"SUBSCRIBE", redis_subscription_options(on.settings, on.url).channel}};
  const auto replies = on.call(subscribe, deadline);
  if (!replies) return on.not_reached(replies.error());
  if (const auto refusals = refusals_in(subscribe, *replies); !refusals.empty()) return refused(refusals);
  return hear_an_invalidation(on, deadline);
}

}  // namespace tintype
