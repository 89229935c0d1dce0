#include "tests/support/stored_record.h"

namespace tintype::testing_support {

UploadClaim claim_for(const ImageRecord& record) {
  UploadClaim claim{.user = record.user_id,
                    .token = *IdempotencyToken::parse("token-" + record.image_id.text()),
                    .fingerprint = std::string(64, 'f'),
                    .image_id = record.image_id,
                    .blob_keys = {record.main_key},
                    .holder = "holder-" + record.image_id.text(),
                    .due = record.uploaded_at + std::chrono::seconds(60)};
  if (record.thumbnail_key) claim.blob_keys.push_back(*record.thumbnail_key);
  return claim;
}

Result<void> add_record(MetadataStore& store, const ImageRecord& record, Deadline deadline) {
  const UploadClaim wanted = claim_for(record);
  const auto claimed = store.claim(wanted, record.uploaded_at, deadline);
  if (!claimed) return fail(claimed.error());
  return store.complete(wanted, record, record.uploaded_at + std::chrono::hours(24), deadline);
}

}  // namespace tintype::testing_support
