#pragma once

#include "adapters/measured/operation_timer.h"
#include "ports/metadata_store.h"

namespace tintype {

// Forwards every call to another store and times it.
class MeasuredMetadataStore final : public MetadataStore {
 public:
  // Both must outlive it.
  MeasuredMetadataStore(MetadataStore& store, MetricsRegistry& metrics);

  Result<void> insert(const ImageRecord& record, Deadline deadline) override;
  Result<ImageRecord> find(const ImageId& id, Deadline deadline) override;
  Result<ListPage> list(const ListQuery& query, Deadline deadline) override;
  Result<ImageRecord> update_text(const ImageId& id, const ImageText& text,
                                  std::optional<std::int64_t> expected_version, UnixTime updated_at,
                                  Deadline deadline) override;
  Result<Deletion> begin_deletion(const ImageId& id, UnixTime now, Deadline deadline) override;
  Result<std::vector<Deletion>> pending_deletions(int limit, std::optional<ImageId> after, Deadline deadline) override;
  Result<void> finish_deletion(const ImageId& id, Deadline deadline) override;
  Result<void> check(Deadline deadline) override;

 private:
  MetadataStore& store_;
  const OperationTimer insert_;
  const OperationTimer find_;
  const OperationTimer list_;
  const OperationTimer update_text_;
  const OperationTimer begin_deletion_;
  const OperationTimer pending_deletions_;
  const OperationTimer finish_deletion_;
  const OperationTimer check_;
};

}  // namespace tintype
