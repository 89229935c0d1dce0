#pragma once

#include <cstdint>
#include <vector>

#include "model/blob_key.h"
#include "service/verify_run.h"

namespace tintype {

// The stage of Verify that goes from the blobs to the records: does anything refer to them? One thread.
class VerifyBlobs {
 public:
  VerifyBlobs(MetadataStore& metadata, BlobStore& blobs, FinishDeletion& finish, const Clock& clock, VerifyRun& run)
      : metadata_(metadata), blobs_(blobs), finish_(finish), clock_(clock), run_(run) {}

  // `expected` blobs, about, for the progress.
  Result<void> run(std::int64_t expected);

 private:
  Result<void> look_at(const BlobEntry& entry);
  Result<void> look_at_batch();
  Result<std::vector<BlobKey>> unreferenced(const std::vector<BlobKey>& keys);
  Result<void> deal_with_orphan(const BlobKey& key);
  Result<bool> is_there(const BlobKey& key);

  MetadataStore& metadata_;
  BlobStore& blobs_;
  FinishDeletion& finish_;
  const Clock& clock_;
  VerifyRun& run_;
  std::int64_t expected_ = 0;
  std::int64_t seen_ = 0;
  std::vector<BlobKey> batch_;  // seen, and not yet asked about
};

}  // namespace tintype
