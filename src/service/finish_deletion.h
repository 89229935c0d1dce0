#pragma once

#include <optional>

#include "base/log.h"
#include "ports/blob_store.h"
#include "ports/clock.h"
#include "ports/metadata_store.h"

namespace tintype {

// Does what an entry in the journal of deletions asks for: removes the blobs, then the entry.
//
// Thread safety: run() may be called concurrently, also for one entry, also by several processes.
class FinishDeletion {
 public:
  FinishDeletion(MetadataStore& metadata, BlobStore& blobs, const Clock& clock, const Logger& log)
      : metadata_(metadata), blobs_(blobs), clock_(clock), log_(log) {}

  // False if it could not be done now: then the entry stays and is due again later, after longer and longer times up to
  // an hour. With `again_at` the blobs are removed, but the entry stays, and is due again then.
  bool run(const Deletion& deletion, Deadline deadline, std::optional<UnixTime> again_at = std::nullopt);

 private:
  Result<void> remove(const Deletion& deletion, Deadline deadline, std::optional<UnixTime> again_at);
  void postpone(const Deletion& deletion, const Error& error);

  MetadataStore& metadata_;
  BlobStore& blobs_;
  const Clock& clock_;
  const Logger& log_;
};

}  // namespace tintype
