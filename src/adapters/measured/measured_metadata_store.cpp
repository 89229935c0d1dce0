#include "adapters/measured/measured_metadata_store.h"

namespace tintype {

MeasuredMetadataStore::MeasuredMetadataStore(MetadataStore& store, MetricsRegistry& metrics)
    : store_(store),
      insert_(metrics, "metadata", "insert"),
      find_(metrics, "metadata", "find"),
      list_(metrics, "metadata", "list"),
      update_text_(metrics, "metadata", "update_text"),
      begin_deletion_(metrics, "metadata", "begin_deletion"),
      pending_deletions_(metrics, "metadata", "pending_deletions"),
      finish_deletion_(metrics, "metadata", "finish_deletion"),
      check_(metrics, "metadata", "check") {}

Result<void> MeasuredMetadataStore::insert(const ImageRecord& record, Deadline deadline) {
  return insert_.time([&] { return store_.insert(record, deadline); });
}

Result<ImageRecord> MeasuredMetadataStore::find(const ImageId& id, Deadline deadline) {
  return find_.time([&] { return store_.find(id, deadline); });
}

Result<ListPage> MeasuredMetadataStore::list(const ListQuery& query, Deadline deadline) {
  return list_.time([&] { return store_.list(query, deadline); });
}

Result<ImageRecord> MeasuredMetadataStore::update_text(const ImageId& id, const ImageText& text,
                                                       std::optional<std::int64_t> expected_version,
                                                       UnixTime updated_at, Deadline deadline) {
  return update_text_.time([&] { return store_.update_text(id, text, expected_version, updated_at, deadline); });
}

Result<Deletion> MeasuredMetadataStore::begin_deletion(const ImageId& id, UnixTime now, Deadline deadline) {
  return begin_deletion_.time([&] { return store_.begin_deletion(id, now, deadline); });
}

Result<std::vector<Deletion>> MeasuredMetadataStore::pending_deletions(int limit, std::optional<ImageId> after,
                                                                       Deadline deadline) {
  return pending_deletions_.time([&] { return store_.pending_deletions(limit, after, deadline); });
}

Result<void> MeasuredMetadataStore::finish_deletion(const ImageId& id, Deadline deadline) {
  return finish_deletion_.time([&] { return store_.finish_deletion(id, deadline); });
}

Result<void> MeasuredMetadataStore::check(Deadline deadline) {
  return check_.time([&] { return store_.check(deadline); });
}

}  // namespace tintype
