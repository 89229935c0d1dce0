#include "service/event_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tintype {

EventQueue::EventQueue(std::optional<ImageId> image, std::size_t capacity)
    : image_(std::move(image)), capacity_(capacity) {}

bool EventQueue::push(const ImageEvent& event) {
  if (!wants(event)) return true;
  const std::lock_guard lock(mutex_);
  if (ended_) return true;
  const bool is_full = events_.size() >= capacity_;
  if (is_full) {
    events_.clear();
    ended_ = true;
  } else {
    add(event);
  }
  tell();
  return !is_full;
}

void EventQueue::begin_with(std::span<const ImageEvent> events) {
  const std::lock_guard lock(mutex_);
  if (events.empty()) return;
  const auto later = std::exchange(events_, {});
  const bool was_ended = std::exchange(ended_, false);
  capacity_ += events.size();
  for (const ImageEvent& event : events) add(event);
  for (const ImageEvent& event : later) {
    if (std::ranges::find(events_, event.id, &ImageEvent::id) == events_.end()) add(event);
  }
  ended_ = ended_ || was_ended;
  tell();
}

void EventQueue::add(const ImageEvent& event) {
  if (ended_) return;
  events_.push_back(event);
  ended_ = image_ && event.type == ImageEventType::Deleted;
}

void EventQueue::end_with(std::span<const ImageEvent> events) {
  const std::lock_guard lock(mutex_);
  events_.assign(events.begin(), events.end());
  ended_ = true;
  tell();
}

void EventQueue::end() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  tell();
}

EventQueue::Taken EventQueue::take() {
  const std::lock_guard lock(mutex_);
  Taken taken{{std::make_move_iterator(events_.begin()), std::make_move_iterator(events_.end())}, ended_};
  events_.clear();
  return taken;
}

void EventQueue::on_ready(std::function<void()> ready) {
  const std::lock_guard lock(mutex_);
  ready_ = std::move(ready);
  if (!events_.empty() || ended_) tell();
}

void EventQueue::tell() const {
  if (ready_) ready_();
}

}  // namespace tintype
