#pragma once

#include <optional>
#include <vector>

#include "ports/metadata_store.h"
#include "tests/support/fault_points.h"

namespace tintype::testing_support {

enum class MetadataOperation { Insert, Find, List, UpdateText, BeginDeletion, PendingDeletions, FinishDeletion, Check };

// Forwards to another MetadataStore, and makes chosen calls fail, wait, or meet something that happens just then.
// FaultTime::After breaks the port's promise that a failed write has not happened, as a crash or a lost answer would.
//
// Thread safety: all methods may be called concurrently, also while hooks are being set.
class FaultInjectingMetadataStore final : public MetadataStore, public FaultPoints<MetadataOperation, 8> {
 public:
  explicit FaultInjectingMetadataStore(MetadataStore& store) : store_(store) {}

  Result<void> insert(const ImageRecord& record, Deadline deadline) override {
    return around(MetadataOperation::Insert, record.image_id.text(), [&] { return store_.insert(record, deadline); });
  }
  Result<ImageRecord> find(const ImageId& id, Deadline deadline) override {
    return around(MetadataOperation::Find, id.text(), [&] { return store_.find(id, deadline); });
  }
  Result<ListPage> list(const ListQuery& query, Deadline deadline) override {
    return around(MetadataOperation::List, query.user.text(), [&] { return store_.list(query, deadline); });
  }
  Result<ImageRecord> update_text(const ImageId& id, const ImageText& text,
                                  std::optional<std::int64_t> expected_version, UnixTime updated_at,
                                  Deadline deadline) override {
    return around(MetadataOperation::UpdateText, id.text(),
                  [&] { return store_.update_text(id, text, expected_version, updated_at, deadline); });
  }
  Result<Deletion> begin_deletion(const ImageId& id, UnixTime now, Deadline deadline) override {
    return around(MetadataOperation::BeginDeletion, id.text(),
                  [&] { return store_.begin_deletion(id, now, deadline); });
  }
  Result<std::vector<Deletion>> pending_deletions(int limit, std::optional<ImageId> after, Deadline deadline) override {
    return around(MetadataOperation::PendingDeletions, {},
                  [&] { return store_.pending_deletions(limit, after, deadline); });
  }
  Result<void> finish_deletion(const ImageId& id, Deadline deadline) override {
    return around(MetadataOperation::FinishDeletion, id.text(), [&] { return store_.finish_deletion(id, deadline); });
  }
  Result<void> check(Deadline deadline) override {
    return around(MetadataOperation::Check, {}, [&] { return store_.check(deadline); });
  }

 private:
  MetadataStore& store_;
};

}  // namespace tintype::testing_support
