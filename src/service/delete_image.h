#pragma once

#include "base/log.h"
#include "ports/blob_store.h"
#include "ports/clock.h"
#include "ports/metadata_store.h"

namespace tintype {

// Deletes an image for good: first readers lose the record and the journal gains the blobs' keys, in one step; then the
// blobs go; then the journal entry. A crash in between leaves a journal entry that redrive() finishes.
//
// Thread safety: all methods may be called concurrently, also redrive() beside run().
class DeleteImage {
 public:
  DeleteImage(MetadataStore& metadata, BlobStore& blobs, const Clock& clock, const Logger& log)
      : metadata_(metadata), blobs_(blobs), clock_(clock), log_(log) {}

  // Success also if there is no such image (any more). Blobs that cannot be removed now stay in the journal.
  // Errors: NotAuthorized; those of the metadata store.
  Result<void> run(const UserId& user, const ImageId& id, Deadline deadline);

  // Finishes every deletion in the journal that can be finished; returns how many were.
  Result<int> redrive(Deadline deadline);

 private:
  bool finish(const Deletion& deletion, Deadline deadline);

  MetadataStore& metadata_;
  BlobStore& blobs_;
  const Clock& clock_;
  const Logger& log_;
};

}  // namespace tintype
