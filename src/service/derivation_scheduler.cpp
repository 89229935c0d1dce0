#include "service/derivation_scheduler.h"

#include "base/crash_point.h"
#include "model/jobs/job.h"

namespace tintype {
namespace {

// A client waits for the answer to its upload.
constexpr std::chrono::seconds kPushTime{2};

}  // namespace

void DerivationScheduler::leave_for_later(ImageRecord& record) const {
  record.status = ProcessingStatus::Processing;
  record.thumbnail_version = 0;
  record.redrive_at = record.created_at + redrive_after_;
}

void DerivationScheduler::committed(const ImageRecord& record) {
  bus_.publish(record.user_id, record.image_id);
  if (record.status != ProcessingStatus::Processing || queue_.is_fed_by_commits()) return;
  const NewJob job = new_job(thumbnail_job(record));
  const auto pushed = queue_.push(std::span(&job, 1), Deadline::after(kPushTime));
  crash_point("upload.job-pushed");
  if (pushed) return;
  log_.warn("the job of an image was not queued; it will be made again",
            {{"imageId", record.image_id.text()}, {"error", to_string(pushed.error())}});
}

}  // namespace tintype
