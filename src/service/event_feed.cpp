#include "service/event_feed.h"

#include <algorithm>
#include <utility>

#include "base/ulid.h"
#include "ports/event_log.h"

namespace tintype {
namespace {

// Events of one user within kEventDisorder. Beyond it, one that is late may be missed.
constexpr std::size_t kMostSeen = 20'000;

}  // namespace

EventFeed::EventFeed(UnixTime now) : newest_(static_cast<std::uint64_t>(now.time_since_epoch().count())) {}

std::string EventFeed::look_from() const {
  const auto disorder = static_cast<std::uint64_t>(kEventDisorder.count());
  return std::max(first_ulid_of(newest_ > disorder ? newest_ - disorder : 0), floor_);
}

void EventFeed::join(std::shared_ptr<EventQueue> queue) {
  const EventQueue* const key = queue.get();
  members_.emplace(key, Member{std::move(queue), !has_begun_});
}

void EventFeed::leave(const EventQueue& queue) {
  members_.erase(&queue);
}

bool EventFeed::caught_up(const EventQueue& queue, std::span<const std::string> ids) {
  const auto member = members_.find(&queue);
  if (member == members_.end()) return true;
  if (!has_begun_) {
    has_begun_ = true;
    member->second.came_before_the_begin = false;
    for (const std::string& id : ids) remember(id);
    forget_old();
    return true;
  }
  if (std::exchange(member->second.came_before_the_begin, false)) return false;
  const std::string from = look_from();
  for (const std::string& id : ids) {
    if (id > from && !seen_.contains(id)) member->second.known.insert(id);
  }
  return true;
}

int EventFeed::tell(std::span<const ImageEvent> events) {
  int dropped = 0;
  const std::string from = look_from();
  for (const ImageEvent& event : events) {
    if (event.id <= from || seen_.contains(event.id)) continue;
    remember(event.id);
    for (auto it = members_.begin(); it != members_.end();) {
      Member& member = it->second;
      const bool has_room = member.known.erase(event.id) > 0 || member.queue->push(event);
      it = has_room ? std::next(it) : members_.erase(it);
      dropped += has_room ? 0 : 1;
    }
  }
  forget_old();
  return dropped;
}

void EventFeed::end() {
  for (auto& [key, member] : members_) member.queue->end();
  members_.clear();
}

void EventFeed::remember(const std::string& id) {
  seen_.insert(id);
  newest_ = std::max(newest_, ulid_time(id));
}

void EventFeed::forget_old() {
  while (seen_.size() > kMostSeen) {
    floor_ = *seen_.begin();
    seen_.erase(seen_.begin());
  }
  const std::string from = look_from();
  seen_.erase(seen_.begin(), seen_.upper_bound(from));
  for (auto& [key, member] : members_) member.known.erase(member.known.begin(), member.known.upper_bound(from));
}

}  // namespace tintype
