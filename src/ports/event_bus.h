// An EventBus tells processes that the event log (event_log.h) has something new, so that they need not ask it all the
// time. It is a hint: it may be lost, or come twice, and who gets it looks into the log.
//
// Thread safety: all methods may be called concurrently. They do not block.
#pragma once

#include <functional>

#include "model/image_id.h"
#include "model/user_id.h"

namespace tintype {

class EventBus {
 public:
  virtual ~EventBus() = default;

  // There is a new event of this image of this user.
  virtual void publish(const UserId& user, const ImageId& image) = 0;

  // `heard` is called, on any thread, for what this process publishes, and for what others do as far as the adapter
  // reaches them. It must not block. To be called once, before anything is published; nullptr ends it, and waits for a
  // call that is under way.
  using Heard = std::function<void(const UserId& user, const ImageId& image)>;
  virtual void listen(Heard heard) = 0;

  // `gap` is called, on any thread, when hints of other processes may have been lost: whoever listens looks at
  // everything. It must not block. Once and nullptr as in listen(). An adapter that never loses any never calls it.
  virtual void listen_to_gaps(std::function<void()> gap) { (void)gap; }
};

}  // namespace tintype
