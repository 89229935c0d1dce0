#pragma once

#include <chrono>

#include "base/log.h"
#include "model/image_record.h"
#include "ports/event_bus.h"
#include "ports/job_queue.h"
#include "service/thumbnail_mode.h"

namespace tintype {

// What becomes of thumbnails that are not made with the upload.
//
// Thread safety: all methods may be called concurrently.
class DerivationScheduler {
 public:
  // An image that is still processing after `redrive_after` gets another job (service/redrive.h).
  DerivationScheduler(ThumbnailMode& mode, JobQueue& queue, EventBus& bus, std::chrono::milliseconds redrive_after,
                      const Logger& log)
      : mode_(mode), queue_(queue), bus_(bus), redrive_after_(redrive_after), log_(log) {}

  // Whether the next upload leaves its thumbnail for later.
  bool is_async() { return mode_.is_async(); }

  // Makes a new record one whose thumbnail comes later.
  void leave_for_later(ImageRecord& record) const;

  // To be called when the record has been committed: sees to its job, and tells those who wait for events. Never fails:
  // a job that could not be pushed is made again by a re-drive.
  void committed(const ImageRecord& record);

  // An upload that has succeeded, from when it had arrived.
  void uploaded(Deadline::Clock::duration took) { mode_.uploaded(took); }

 private:
  ThumbnailMode& mode_;
  JobQueue& queue_;
  EventBus& bus_;
  const std::chrono::milliseconds redrive_after_;
  const Logger& log_;
};

}  // namespace tintype
