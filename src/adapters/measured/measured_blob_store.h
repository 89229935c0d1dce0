#pragma once

#include "adapters/measured/operation_timer.h"
#include "ports/blob_store.h"

namespace tintype {

// Forwards every call to another store and times it. The time of a list includes what its visitor does; that of an open
// does not include reading the bytes.
class MeasuredBlobStore final : public BlobStore {
 public:
  // Both must outlive it.
  MeasuredBlobStore(BlobStore& store, MetricsRegistry& metrics);

  Result<void> put(std::string_view key, std::span<const std::byte> body, const BlobMeta& meta,
                   Deadline deadline) override;
  Result<OpenBlob> open(std::string_view key, Deadline deadline) override;
  // Counts as an open if it has opened; otherwise the open that follows counts.
  std::optional<OpenBlob> open_at_once(std::string_view key) override;
  Result<BlobEntry> stat(std::string_view key, Deadline deadline) override;
  Result<std::optional<BlobUrl>> url(std::string_view key, UrlUse use, std::chrono::seconds lifetime,
                                     Deadline deadline) override;
  Result<void> remove(std::string_view key, Deadline deadline) override;
  Result<void> remove_all(std::span<const std::string> keys, Deadline deadline) override;
  Result<void> list(std::string_view prefix, const std::function<bool(const BlobEntry&)>& visit,
                    Deadline deadline) override;
  Result<int> remove_unfinished(UnixTime before, Deadline deadline) override;
  Result<void> check(Deadline deadline) override;

 private:
  BlobStore& store_;
  const OperationTimer put_;
  const OperationTimer open_;
  const OperationTimer stat_;
  const OperationTimer url_;
  const OperationTimer remove_;
  const OperationTimer remove_all_;
  const OperationTimer list_;
  const OperationTimer remove_unfinished_;
  const OperationTimer check_;
};

}  // namespace tintype
