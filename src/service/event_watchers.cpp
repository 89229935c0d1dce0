#include "service/event_watchers.h"

#include <algorithm>
#include <utility>

namespace tintype {

Result<std::shared_ptr<EventQueue>> EventWatchers::join(const EventInterest& interest, UnixTime now) {
  const std::lock_guard lock(mutex_);
  if (streams_ + waits_ >= limits_.subscribers)
    return fail(ErrorCode::Overloaded, "too many clients listen to events; try again later");
  Watched& watched = watched_.try_emplace(interest.user, now).first->second;
  if (watched.subscribers >= limits_.subscribers_per_user)
    return fail(ErrorCode::Overloaded, "you listen to events on too many connections; close some");
  auto queue = std::make_shared<EventQueue>(interest.image, limits_.queue);
  ++watched.subscribers;
  ++count_of(interest.use);
  watched.feed.join(queue);
  return queue;
}

bool EventWatchers::caught_up(const UserId& user, const EventQueue& queue, std::span<const std::string> ids) {
  const std::lock_guard lock(mutex_);
  const auto found = watched_.find(user);
  if (found == watched_.end()) return true;
  const bool had_begun = found->second.feed.has_begun();
  const bool is_done = found->second.feed.caught_up(queue, ids);
  if (!had_begun) {
    found->second.next_look = Clock::now() + limits_.poll;
    has_changed_ = true;
    changed_.notify_one();
  }
  return is_done;
}

void EventWatchers::leave(const EventInterest& interest, const EventQueue& queue) {
  const std::lock_guard lock(mutex_);
  --count_of(interest.use);
  const auto found = watched_.find(interest.user);
  found->second.feed.leave(queue);
  if (--found->second.subscribers == 0) watched_.erase(found);
}

void EventWatchers::hear(const UserId& user) {
  const std::lock_guard lock(mutex_);
  const auto found = watched_.find(user);
  if (found == watched_.end()) return;
  found->second.is_heard_of = true;
  has_changed_ = true;
  changed_.notify_one();
}

void EventWatchers::hear_all() {
  const std::lock_guard lock(mutex_);
  for (auto& [user, watched] : watched_) watched.is_heard_of = true;
  has_changed_ = true;
  changed_.notify_one();
}

std::vector<EventWatchers::Look> EventWatchers::wait_for_due(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    auto due = take_due(Clock::now());
    if (!due.empty()) return due;
    auto next = Clock::time_point::max();
    for (const auto& [user, watched] : watched_) {
      if (watched.feed.has_begun()) next = std::min(next, watched.next_look);
    }
    has_changed_ = false;
    const auto is_changed = [this] { return has_changed_; };
    if (next == Clock::time_point::max()) {
      changed_.wait(lock, stop, is_changed);
    } else {
      changed_.wait_until(lock, stop, next, is_changed);
    }
  }
  return {};
}

std::vector<EventWatchers::Look> EventWatchers::take_due(Clock::time_point now) {
  std::vector<Look> due;
  for (auto& [user, watched] : watched_) {
    if (!watched.feed.has_begun() || (!watched.is_heard_of && watched.next_look > now)) continue;
    watched.is_heard_of = false;
    watched.next_look = now + limits_.poll;
    due.push_back({user, watched.feed.look_from()});
  }
  return due;
}

// A user who was left and is watched again has a feed that has seen all that an older look can have found.
void EventWatchers::tell(const UserId& user, std::span<const ImageEvent> events) {
  const std::lock_guard lock(mutex_);
  const auto found = watched_.find(user);
  if (found == watched_.end() || !found->second.feed.has_begun()) return;
  dropped_ += static_cast<std::uint64_t>(found->second.feed.tell(events));
}

void EventWatchers::end() {
  const std::lock_guard lock(mutex_);
  for (auto& [user, watched] : watched_) watched.feed.end();
}

EventWatchers::Counts EventWatchers::counts() const {
  const std::lock_guard lock(mutex_);
  return {.streams = streams_, .waits = waits_, .dropped = dropped_, .sent = sent_};
}

}  // namespace tintype
