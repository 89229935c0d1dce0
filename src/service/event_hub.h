#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/log.h"
#include "ports/clock.h"
#include "ports/event_bus.h"
#include "ports/event_log.h"
#include "service/event_watchers.h"

namespace tintype {

// One subscriber's events. When it is gone, it is forgotten; it may outlive the hub. Thread-safe.
class EventSubscription {
 public:
  EventSubscription(std::shared_ptr<EventWatchers> watchers, EventInterest interest, std::shared_ptr<EventQueue> queue);
  ~EventSubscription();
  EventSubscription(const EventSubscription&) = delete;
  EventSubscription& operator=(const EventSubscription&) = delete;

  // As in EventQueue.
  EventQueue::Taken take();
  void on_ready(std::function<void()> ready) { queue_->on_ready(std::move(ready)); }

  // There was more after EventInterest::after than is told at a time: it ends behind what there is, and the next one
  // goes on from there.
  bool is_cut() const { return is_cut_; }

 private:
  friend class EventHub;

  const std::shared_ptr<EventWatchers> watchers_;  // shared with the hub
  const EventInterest interest_;
  const std::shared_ptr<EventQueue> queue_;  // shared with the feed
  bool is_cut_ = false;                      // immutable after subscribe()
};

// Tells subscribers what the event log has of the users that they watch, soon after it is there: on a thread of its
// own, which looks when the bus says that there is something, and at intervals. Users whom nobody watches cost nothing.
// A log that fails is asked again at the next interval; subscribers notice only that nothing comes.
//
// Thread safety: all methods may be called concurrently.
class EventHub {
 public:
  struct Options {
    std::chrono::milliseconds poll{1000};  // between looks that the bus has not asked for
    std::size_t queue = 256;               // events that wait for a subscriber before it is dropped
    std::size_t missed = 1024;             // events from before that a subscriber gets at most
    int subscribers = 5000;
    int subscribers_per_user = 50;
  };

  // It is the one that listens to `bus`.
  EventHub(EventLog& log, EventBus& bus, const Clock& clock, Options options, const Logger& logger);
  // Ends all subscriptions.
  ~EventHub();
  EventHub(const EventHub&) = delete;
  EventHub& operator=(const EventHub&) = delete;

  // Blocks for a look at the log. What becomes visible in the log after it was called is told; of what was there
  // before, with `after`, also that. Errors: Overloaded, if there are too many subscribers; those of the log.
  Result<std::unique_ptr<EventSubscription>> subscribe(const EventInterest& interest, Deadline deadline);

  EventWatchers::Counts counts() const { return watchers_->counts(); }

 private:
  struct Missed {
    std::vector<std::string> ids;    // of all that was there
    std::vector<ImageEvent> events;  // that are wanted
    bool is_cut = false;
  };
  Result<Missed> read_missed(const EventInterest& interest, const EventQueue& queue, Deadline deadline);
  void follow(const std::stop_token& stop);
  void look(const EventWatchers::Look& look, const std::stop_token& stop);
  void said(bool log_answers);

  EventLog& log_;
  EventBus& bus_;
  const Clock& clock_;
  const Options options_;
  const Logger& logger_;
  const std::shared_ptr<EventWatchers> watchers_;  // shared with the subscriptions
  bool log_answers_ = true;                        // of the thread
  std::jthread thread_;                            // last: started when all else is there
};

}  // namespace tintype
