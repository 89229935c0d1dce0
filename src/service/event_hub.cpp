// DESIGN
// One thread reads the log for all who watch, a user at a time, and each look is told to all subscribers of that user:
// the log is read as often for a hundred open pages of a user as for one. Whoever subscribes joins first and reads the
// log themselves second, so that nothing falls between the two; that read also tells the feed what was there before it
// began (event_feed.h). Rejected: a reader per subscriber, which costs a thread or a place in a line each, and only
// hints without looks at intervals, which are lost when Redis is.
#include "service/event_hub.h"

#include <pthread.h>

#include <algorithm>
#include <utility>

#include "base/ulid.h"

namespace tintype {
namespace {

constexpr int kPage = 200;       // events of one call of the log
constexpr int kMostPages = 100;  // of one look
constexpr std::chrono::seconds kLookTime{5};

// The earliest event that may still become visible to somebody who has seen this one.
std::string earliest(std::uint64_t unix_milliseconds) {
  const auto disorder = static_cast<std::uint64_t>(kEventDisorder.count());
  return first_ulid_of(unix_milliseconds > disorder ? unix_milliseconds - disorder : 0);
}

}  // namespace

EventSubscription::EventSubscription(std::shared_ptr<EventWatchers> watchers, EventInterest interest,
                                     std::shared_ptr<EventQueue> queue)
    : watchers_(std::move(watchers)), interest_(std::move(interest)), queue_(std::move(queue)) {}

EventSubscription::~EventSubscription() {
  queue_->on_ready(nullptr);
  watchers_->leave(interest_, *queue_);
}

EventQueue::Taken EventSubscription::take() {
  auto taken = queue_->take();
  watchers_->sent(taken.events.size());
  return taken;
}

EventHub::EventHub(EventLog& log, EventBus& bus, const Clock& clock, Options options, const Logger& logger)
    : log_(log),
      bus_(bus),
      clock_(clock),
      options_(options),
      logger_(logger),
      watchers_(
          std::make_shared<EventWatchers>(EventWatchers::Limits{.poll = options.poll,
                                                                .queue = options.queue,
                                                                .subscribers = options.subscribers,
                                                                .subscribers_per_user = options.subscribers_per_user})),
      thread_([this](const std::stop_token& stop) { follow(stop); }) {
  bus_.listen([this](const UserId& user, const ImageId&) { watchers_->hear(user); });
  bus_.listen_to_gaps([this] { watchers_->hear_all(); });
}

EventHub::~EventHub() {
  bus_.listen(nullptr);
  bus_.listen_to_gaps(nullptr);
  thread_.request_stop();
  thread_.join();
  watchers_->end();
}

Result<std::unique_ptr<EventSubscription>> EventHub::subscribe(const EventInterest& interest, Deadline deadline) {
  auto queue = watchers_->join(interest, clock_.now());
  if (!queue) return fail(queue.error());
  auto subscription = std::make_unique<EventSubscription>(watchers_, interest, *queue);
  Missed missed;
  do {
    auto read = read_missed(interest, **queue, deadline);
    if (!read) return fail(read.error());
    missed = std::move(*read);
    subscription->is_cut_ = missed.is_cut;
  } while (!missed.is_cut && !watchers_->caught_up(interest.user, **queue, missed.ids));
  if (missed.is_cut) {
    (*queue)->end_with(missed.events);
  } else {
    (*queue)->begin_with(missed.events);
  }
  return subscription;
}

Result<EventHub::Missed> EventHub::read_missed(const EventInterest& interest, const EventQueue& queue,
                                               Deadline deadline) {
  Missed missed;
  auto from_time = static_cast<std::uint64_t>(clock_.now().time_since_epoch().count());
  if (interest.after) from_time = std::min(from_time, ulid_time(*interest.after));
  std::string from = earliest(from_time);
  for (int pages = 0;; ++pages) {
    auto page = log_.events_after(interest.user, from, kPage, deadline);
    if (!page) return fail(page.error());
    for (ImageEvent& event : *page) {
      missed.ids.push_back(event.id);
      if (interest.after && event.id != *interest.after && queue.wants(event))
        missed.events.push_back(std::move(event));
    }
    missed.is_cut = missed.events.size() > options_.missed || pages == kMostPages;
    const auto too_many = static_cast<std::ptrdiff_t>(std::min(missed.events.size(), options_.missed));
    if (missed.is_cut) missed.events.erase(missed.events.begin() + too_many, missed.events.end());
    if (missed.is_cut || page->size() < static_cast<std::size_t>(kPage)) return missed;
    from = missed.ids.back();
  }
}

void EventHub::follow(const std::stop_token& stop) {
  ::pthread_setname_np(::pthread_self(), "event-hub");
  while (!stop.stop_requested()) {
    for (const auto& due : watchers_->wait_for_due(stop)) look(due, stop);
  }
}

void EventHub::look(const EventWatchers::Look& look, const std::stop_token& stop) {
  std::string from = look.from;
  for (int pages = 0; pages < kMostPages && !stop.stop_requested(); ++pages) {
    const auto page = log_.events_after(look.user, from, kPage, Deadline::after(kLookTime));
    said(page.has_value());
    if (!page) return;
    watchers_->tell(look.user, *page);
    if (page->size() < static_cast<std::size_t>(kPage)) return;
    from = page->back().id;
  }
}

void EventHub::said(bool log_answers) {
  if (std::exchange(log_answers_, log_answers) == log_answers) return;
  if (log_answers) {
    logger_.info("the event log answers again");
  } else {
    logger_.warn("the event log does not answer; clients that wait for events get them later");
  }
}

}  // namespace tintype
