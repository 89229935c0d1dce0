#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "service/event_feed.h"

namespace tintype {

// What somebody wants to be told of.
struct EventInterest {
  enum class Use { Stream, Wait };  // for the counts

  UserId user;                            // whose images
  std::optional<ImageId> image = {};      // only this one
  std::optional<std::string> after = {};  // also what came after this event, and up to kEventDisorder before it
  Use use = Use::Stream;
};

// Who listens to whom, and whose part of the log is to be looked at when.
//
// Thread safety: all methods may be called concurrently.
class EventWatchers {
 public:
  struct Limits {
    std::chrono::milliseconds poll;  // between looks at a user's part of the log that nobody has asked for
    std::size_t queue;               // events that wait for one subscriber
    int subscribers;
    int subscribers_per_user;
  };
  explicit EventWatchers(Limits limits) : limits_(limits) {}

  // Overloaded: there are as many subscribers as may be.
  Result<std::shared_ptr<EventQueue>> join(const EventInterest& interest, UnixTime now);
  // As in EventFeed.
  bool caught_up(const UserId& user, const EventQueue& queue, std::span<const std::string> ids);
  void leave(const EventInterest& interest, const EventQueue& queue);

  // There is something new of this user, or maybe of all.
  void hear(const UserId& user);
  void hear_all();

  struct Look {
    UserId user;
    std::string from;
  };
  // Waits until the log is to be looked at, and tells where; empty when `stop` is asked for. Each is due again after
  // `poll`, or when it is heard of.
  std::vector<Look> wait_for_due(const std::stop_token& stop);
  // What a look has found.
  void tell(const UserId& user, std::span<const ImageEvent> events);

  // Ends all queues.
  void end();

  struct Counts {
    int streams = 0;            // now
    int waits = 0;              // now
    std::uint64_t dropped = 0;  // subscribers that did not keep up, since the start, as is the next
    std::uint64_t sent = 0;     // events that subscribers have taken
  };
  Counts counts() const;
  void sent(std::size_t events) { sent_ += events; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Watched {
    explicit Watched(UnixTime now) : feed(now) {}
    EventFeed feed;
    int subscribers = 0;
    bool is_heard_of = false;
    Clock::time_point next_look = {};
  };
  std::vector<Look> take_due(Clock::time_point now);
  int& count_of(EventInterest::Use use) { return use == EventInterest::Use::Stream ? streams_ : waits_; }

  const Limits limits_;
  std::atomic<std::uint64_t> sent_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  bool has_changed_ = false;  // guarded by mutex_, as is the rest
  std::map<UserId, Watched> watched_;
  int streams_ = 0;
  int waits_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace tintype
