#include "adapters/measured/measured_metadata_store.h"

namespace tintype {

MeasuredMetadataStore::MeasuredMetadataStore(MetadataStore& store, MetricsRegistry& metrics)
    : store_(store),
      find_(metrics, "metadata", "find"),
      list_(metrics, "metadata", "list"),
      update_text_(metrics, "metadata", "update_text"),
      claim_(metrics, "metadata", "claim"),
      renew_(metrics, "metadata", "renew"),
      complete_(metrics, "metadata", "complete",
                metrics.summary("tintype_metadata_write_duration_seconds", "Records of uploads given to the store.")),
      release_(metrics, "metadata", "release"),
      due_claims_(metrics, "metadata", "due_claims"),
      expire_(metrics, "metadata", "expire"),
      begin_deletion_(metrics, "metadata", "begin_deletion"),
      bury_(metrics, "metadata", "bury"),
      due_deletions_(metrics, "metadata", "due_deletions"),
      postpone_deletion_(metrics, "metadata", "postpone_deletion"),
      finish_deletion_(metrics, "metadata", "finish_deletion"),
      import_record_(metrics, "metadata", "import_record"),
      records_after_(metrics, "metadata", "records_after"),
      unreferenced_(metrics, "metadata", "unreferenced"),
      keep_verification_(metrics, "metadata", "keep_verification"),
      last_verification_(metrics, "metadata", "last_verification"),
      check_(metrics, "metadata", "check") {}

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

Result<ClaimOutcome> MeasuredMetadataStore::claim(const UploadClaim& wanted, UnixTime now, Deadline deadline) {
  return claim_.time([&] { return store_.claim(wanted, now, deadline); });
}

Result<void> MeasuredMetadataStore::renew(const UploadClaim& claim, UnixTime due, Deadline deadline) {
  return renew_.time([&] { return store_.renew(claim, due, deadline); });
}

Result<void> MeasuredMetadataStore::complete(const UploadClaim& claim, const ImageRecord& record,
                                             UnixTime remembered_until, Deadline deadline) {
  return complete_.time([&] { return store_.complete(claim, record, remembered_until, deadline); });
}

Result<void> MeasuredMetadataStore::release(const UploadClaim& claim, UnixTime due, Deadline deadline) {
  return release_.time([&] { return store_.release(claim, due, deadline); });
}

Result<std::vector<UploadClaim>> MeasuredMetadataStore::due_claims(UnixTime now, int limit, Deadline deadline) {
  return due_claims_.time([&] { return store_.due_claims(now, limit, deadline); });
}

Result<std::optional<Deletion>> MeasuredMetadataStore::expire(const UploadClaim& claim, UnixTime now,
                                                              Deadline deadline) {
  return expire_.time([&] { return store_.expire(claim, now, deadline); });
}

Result<Deletion> MeasuredMetadataStore::begin_deletion(const ImageId& id, UnixTime now, Deadline deadline) {
  return begin_deletion_.time([&] { return store_.begin_deletion(id, now, deadline); });
}

Result<std::optional<Deletion>> MeasuredMetadataStore::bury(const ImageId& id, std::span<const std::string> keys,
                                                            UnixTime now, Deadline deadline) {
  return bury_.time([&] { return store_.bury(id, keys, now, deadline); });
}

Result<std::vector<Deletion>> MeasuredMetadataStore::due_deletions(UnixTime now, int limit, Deadline deadline) {
  return due_deletions_.time([&] { return store_.due_deletions(now, limit, deadline); });
}

Result<void> MeasuredMetadataStore::postpone_deletion(const Deletion& deletion, UnixTime due, Deadline deadline) {
  return postpone_deletion_.time([&] { return store_.postpone_deletion(deletion, due, deadline); });
}

Result<void> MeasuredMetadataStore::finish_deletion(const Deletion& deletion, Deadline deadline) {
  return finish_deletion_.time([&] { return store_.finish_deletion(deletion, deadline); });
}

Result<bool> MeasuredMetadataStore::import_record(const ImageRecord& record, Deadline deadline) {
  return import_record_.time([&] { return store_.import_record(record, deadline); });
}

Result<std::vector<ImageRecord>> MeasuredMetadataStore::records_after(const std::optional<ImageId>& after, int limit,
                                                                      Deadline deadline) {
  return records_after_.time([&] { return store_.records_after(after, limit, deadline); });
}

Result<std::vector<std::string>> MeasuredMetadataStore::unreferenced(std::span<const std::string> keys,
                                                                     Deadline deadline) {
  return unreferenced_.time([&] { return store_.unreferenced(keys, deadline); });
}

Result<void> MeasuredMetadataStore::keep_verification(const VerificationReport& report, Deadline deadline) {
  return keep_verification_.time([&] { return store_.keep_verification(report, deadline); });
}

Result<std::optional<VerificationReport>> MeasuredMetadataStore::last_verification(Deadline deadline) {
  return last_verification_.time([&] { return store_.last_verification(deadline); });
}

Result<void> MeasuredMetadataStore::check(Deadline deadline) {
  return check_.time([&] { return store_.check(deadline); });
}

}  // namespace tintype
