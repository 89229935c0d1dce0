#pragma once

#include "service/derive_image.h"
#include "service/job_handler.h"
#include "service/thumbnail_mode.h"

namespace tintype {

// Does the jobs of type "derive". When the last attempt at one has failed, its image is failed.
class DeriveHandler final : public JobHandler {
 public:
  // Both are borrowed.
  DeriveHandler(DeriveImage& derive, ThumbnailMode& mode) : derive_(derive), mode_(mode) {}

  JobResult run(const JobAttempt& attempt) override;

 private:
  JobResult after_failure(const DeriveJob& job, const JobAttempt& attempt, const Error& error);

  DeriveImage& derive_;
  ThumbnailMode& mode_;
};

}  // namespace tintype
