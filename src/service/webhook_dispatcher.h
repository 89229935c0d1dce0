#pragma once

#include <set>
#include <string>

#include "base/deadline.h"
#include "base/result.h"
#include "ports/event_log.h"
#include "ports/job_queue.h"
#include "service/event_renderer.h"

namespace tintype {

// Makes a job of each event that has not been announced, so that a webhook is sent of it at least once: an event is
// marked when its job is in the queue, and a process that dies in between makes the same job again. Receivers tell
// doubles by the webhook's id, which is the event's.
//
// Thread safety: one thread.
class WebhookDispatcher {
 public:
  // All are borrowed.
  WebhookDispatcher(EventLog& events, JobQueue& queue, const EventRenderer& renderer)
      : events_(events), queue_(queue), renderer_(renderer) {}

  // One pass over some of them; whether there may be more.
  Result<bool> run(Deadline deadline);

 private:
  EventLog& events_;
  JobQueue& queue_;
  const EventRenderer& renderer_;
  std::set<std::string> announced_;  // in the last pass that found any: a store may still list them for a moment
};

}  // namespace tintype
