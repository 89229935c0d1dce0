#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "model/image_event.h"

namespace tintype {

// The events that one subscriber has yet to take. It has an end: a subscriber that does not keep up loses the queue,
// not single events, so that they know to come again and say what they had last.
//
// Thread safety: all methods may be called concurrently.
class EventQueue {
 public:
  struct Taken {
    std::vector<ImageEvent> events;
    bool ended = false;  // there are no more after these
  };

  // With an `image`, only events of this one come in, and Deleted is the last of them.
  EventQueue(std::optional<ImageId> image, std::size_t capacity);

  bool wants(const ImageEvent& event) const { return !image_ || event.image_id == *image_; }
  // False if there was no room: then it is emptied and ended. True if the event came in, or is not wanted.
  bool push(const ImageEvent& event);
  // Puts `events`, which are wanted, before what is in the queue, without those that are in it already, and makes so
  // much more room.
  void begin_with(std::span<const ImageEvent> events);
  // Has these and nothing else, and then the end.
  void end_with(std::span<const ImageEvent> events);
  // Nothing comes in any more; what is there can be taken.
  void end();

  // Everything that is there.
  Taken take();
  // `ready` is called when take() has something, or the end, after it has had nothing: on any thread, and at once if it
  // has now. It must not block and not call the queue. nullptr ends it, and waits for a call that is under way.
  void on_ready(std::function<void()> ready);

 private:
  void add(const ImageEvent& event);
  void tell() const;

  const std::optional<ImageId> image_;
  mutable std::mutex mutex_;
  std::size_t capacity_;  // guarded by mutex_, as is the rest
  std::deque<ImageEvent> events_;
  bool ended_ = false;
  std::function<void()> ready_;  // called with mutex_ held
};

}  // namespace tintype
