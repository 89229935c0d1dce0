#pragma once

#include "ports/clock.h"
#include "ports/event_bus.h"
#include "ports/metadata_store.h"
#include "service/finish_deletion.h"
#include "service/image_cache.h"

namespace tintype {

// Deletes an image for good: first readers lose the record and the journal gains the blobs' keys, in one step; then the
// blobs go; then the journal entry. What is cut short in between is finished by a sweep (service/sweep.h).
//
// Thread safety: run() may be called concurrently.
class DeleteImage {
 public:
  DeleteImage(MetadataStore& metadata, FinishDeletion& finish, ImageCache& cache, EventBus& bus, const Clock& clock)
      : metadata_(metadata), finish_(finish), cache_(cache), bus_(bus), clock_(clock) {}

  // Success also if there is no such image (any more), and if the blobs could not be removed yet: they stay in the
  // journal. Errors: NotAuthorized; those of the metadata store.
  Result<void> run(const UserId& user, const ImageId& id, Deadline deadline);

 private:
  MetadataStore& metadata_;
  FinishDeletion& finish_;
  ImageCache& cache_;
  EventBus& bus_;
  const Clock& clock_;
};

}  // namespace tintype
