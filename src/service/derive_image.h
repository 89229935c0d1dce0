#pragma once

#include <functional>
#include <string>

#include "base/log.h"
#include "model/jobs/job.h"
#include "ports/clock.h"
#include "ports/derivation_store.h"
#include "ports/event_bus.h"
#include "service/image_cache.h"
#include "service/stored_derivatives.h"

namespace tintype {

// No attempt at a derivative goes on for longer. The keys of an image that was deleted while it was processing are
// removed once more after this time, when no attempt can put anything there any more.
inline constexpr std::chrono::seconds kLongestDerivation{120};
// URLs of a derivative that was made anew go on showing the old one for this long.
inline constexpr std::chrono::minutes kOldDerivativeStays{10};

// Makes a derivative of an image that has been uploaded, from its main picture, and says so in its record. What is to
// be done is read from the record, not from the job: a job that comes twice, or late, finds that it is not wanted.
//
// Thread safety: all methods may be called concurrently, also for one image, also by several processes.
class DeriveImage {
 public:
  DeriveImage(MetadataStore& metadata, DerivationStore& derivations, StoredDerivatives& stored, ImageCache& cache,
              EventBus& bus, const Clock& clock)
      : metadata_(metadata), derivations_(derivations), stored_(stored), cache_(cache), bus_(bus), clock_(clock) {}

  // Nothing becomes visible after `held_until()`, when somebody else may have the job. Success: there is nothing left
  // to do. Errors: NotFound: no such recipe; ImageUndecodable, Overloaded, those of the stores: try again.
  Result<void> run(const DeriveJob& job, const std::function<Deadline()>& held_until);

  // No attempt has succeeded and none will follow, because of `error`: an image without a thumbnail is failed then.
  Result<void> give_up(const DeriveJob& job, const Error& error, Deadline deadline);

 private:
  Result<void> make(const ImageRecord& record, const Recipe& recipe, const std::function<Deadline()>& held_until);
  Result<std::optional<ImageRecord>> record_of(const DeriveJob& job, Deadline deadline);
  Result<void> bury_the_one_before(const ImageRecord& record, Deadline deadline);
  Result<void> bury(const ImageId& id, const std::string& key, UnixTime due, Deadline deadline);

  MetadataStore& metadata_;
  DerivationStore& derivations_;
  StoredDerivatives& stored_;
  ImageCache& cache_;
  EventBus& bus_;
  const Clock& clock_;
};

}  // namespace tintype
