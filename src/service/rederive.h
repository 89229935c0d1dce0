#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>

#include "model/recipe.h"
#include "ports/job_queue.h"
#include "ports/metadata_store.h"

namespace tintype {

struct RederiveReport {
  std::int64_t looked_at = 0;  // records
  std::int64_t pushed = 0;     // of them, those whose derivative is made anew
};

// Has the derivatives that an older version of a recipe made be made anew: pushes a job for each, which is done by
// whoever does jobs. The old ones are served until then.
//
// Thread safety: run() may be called concurrently.
class Rederive {
 public:
  struct Options {
    int older_than = 1;           // the versions of the recipe, 1 to that of today
    double per_second = 20;       // jobs; above 0
    std::int64_t waiting = 1000;  // no more jobs are pushed while so many wait in the queue
    // Called now and then, from run().
    std::function<void(const RederiveReport&)> progress = [](const RederiveReport&) {};
  };
  Rederive(MetadataStore& metadata, JobQueue& queue) : metadata_(metadata), queue_(queue) {}

  // Looks at every record. Ends early when `stop` asks for it. Errors: those of the store and of the queue. Run again,
  // it goes on where it was: what has been made anew is not old any more.
  Result<RederiveReport> run(const Recipe& recipe, const Options& options, std::stop_token stop);

 private:
  Result<void> wait_for_room(const Options& options, const std::stop_token& stop);

  MetadataStore& metadata_;
  JobQueue& queue_;
};

}  // namespace tintype
