#pragma once

#include "base/log.h"
#include "base/periodic_task.h"
#include "service/webhook_dispatcher.h"

namespace tintype {

// Has new events dispatched, every second and whenever it is told of one, from its construction to its end.
//
// Thread safety: wake() may be called concurrently.
class WebhookAnnouncer {
 public:
  // Both are borrowed.
  WebhookAnnouncer(WebhookDispatcher& dispatcher, const Logger& log);

  // There is a new event. Does not block.
  void wake() { task_.wake(); }

 private:
  bool run();
  Result<bool> guarded_pass();

  WebhookDispatcher& dispatcher_;
  const Logger& log_;
  bool failing_ = false;  // the task's thread only
  PeriodicTask task_;     // last, as is its thread
};

}  // namespace tintype
