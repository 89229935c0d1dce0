#pragma once

#include <chrono>
#include <stop_token>

#include "ports/job_queue.h"
#include "service/derive_image.h"

namespace tintype {

struct RedriveReport {
  int pushed = 0;    // images that got another job
  int given_up = 0;  // images that have had so many that they are failed now
  bool more = false;
};

// Finds images that have been processing for too long, whatever has become of their jobs, and sees to it that they end:
// by the journal in the metadata store, so that a queue may lose what it likes.
//
// Thread safety: run() may be called concurrently, also by several processes: an image then gets a job from each.
class Redrive {
 public:
  struct Options {
    std::chrono::milliseconds interval{60'000};  // until the first one; each further one takes twice as long
    int most = 5;                                // then the image is failed
  };
  Redrive(DerivationStore& derivations, JobQueue& queue, DeriveImage& derive, const Clock& clock, Options options)
      : derivations_(derivations), queue_(queue), derive_(derive), clock_(clock), options_(options) {}

  // One pass, of at most 1,000 images. Ends early, with `more`, when `stop` asks for it. Errors: those of the store and
  // of the queue; what was done until then stays done.
  Result<RedriveReport> run(std::stop_token stop, Deadline deadline);

 private:
  Result<void> see_to(const ImageRecord& record, RedriveReport& report, Deadline deadline);

  DerivationStore& derivations_;
  JobQueue& queue_;
  DeriveImage& derive_;
  const Clock& clock_;
  const Options options_;
};

}  // namespace tintype
