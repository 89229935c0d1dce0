#pragma once

#include <optional>
#include <vector>

#include "ports/metadata_store.h"
#include "tests/support/fault_points.h"

namespace tintype::testing_support {

enum class MetadataOperation {
  Find,
  List,
  UpdateText,
  Claim,
  Renew,
  Complete,
  Release,
  DueClaims,
  Expire,
  BeginDeletion,
  Bury,
  DueDeletions,
  PostponeDeletion,
  FinishDeletion,
  ImportRecord,
  RecordsAfter,
  Unreferenced,
  KeepVerification,
  LastVerification,
  Check,
};

// Forwards to another MetadataStore, and makes chosen calls fail, wait, or meet something that happens just then.
// FaultTime::After breaks the port's promise that a failed write has not happened, as a crash or a lost answer would.
//
// Thread safety: all methods may be called concurrently, also while hooks are being set.
class FaultInjectingMetadataStore final : public MetadataStore, public FaultPoints<MetadataOperation, 20> {
 public:
  explicit FaultInjectingMetadataStore(MetadataStore& store) : store_(store) {}

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
  Result<ClaimOutcome> claim(const UploadClaim& wanted, UnixTime now, Deadline deadline) override {
    return around(MetadataOperation::Claim, wanted.token.text(), [&] { return store_.claim(wanted, now, deadline); });
  }
  Result<void> renew(const UploadClaim& claim, UnixTime due, Deadline deadline) override {
    return around(MetadataOperation::Renew, claim.image_id.text(), [&] { return store_.renew(claim, due, deadline); });
  }
  Result<void> complete(const UploadClaim& claim, const ImageRecord& record, UnixTime remembered_until,
                        Deadline deadline) override {
    return around(MetadataOperation::Complete, claim.image_id.text(),
                  [&] { return store_.complete(claim, record, remembered_until, deadline); });
  }
  Result<void> release(const UploadClaim& claim, UnixTime due, Deadline deadline) override {
    return around(MetadataOperation::Release, claim.image_id.text(),
                  [&] { return store_.release(claim, due, deadline); });
  }
  Result<std::vector<UploadClaim>> due_claims(UnixTime now, int limit, Deadline deadline) override {
    return around(MetadataOperation::DueClaims, {}, [&] { return store_.due_claims(now, limit, deadline); });
  }
  Result<std::optional<Deletion>> expire(const UploadClaim& claim, UnixTime now, Deadline deadline) override {
    return around(MetadataOperation::Expire, claim.image_id.text(),
                  [&] { return store_.expire(claim, now, deadline); });
  }
  Result<Deletion> begin_deletion(const ImageId& id, UnixTime now, Deadline deadline) override {
    return around(MetadataOperation::BeginDeletion, id.text(),
                  [&] { return store_.begin_deletion(id, now, deadline); });
  }
  Result<std::optional<Deletion>> bury(const ImageId& id, std::span<const std::string> keys, UnixTime now,
                                       Deadline deadline) override {
    return around(MetadataOperation::Bury, id.text(), [&] { return store_.bury(id, keys, now, deadline); });
  }
  Result<std::vector<Deletion>> due_deletions(UnixTime now, int limit, Deadline deadline) override {
    return around(MetadataOperation::DueDeletions, {}, [&] { return store_.due_deletions(now, limit, deadline); });
  }
  Result<void> postpone_deletion(const Deletion& deletion, UnixTime due, Deadline deadline) override {
    return around(MetadataOperation::PostponeDeletion, deletion.image_id.text(),
                  [&] { return store_.postpone_deletion(deletion, due, deadline); });
  }
  Result<void> finish_deletion(const Deletion& deletion, Deadline deadline) override {
    return around(MetadataOperation::FinishDeletion, deletion.image_id.text(),
                  [&] { return store_.finish_deletion(deletion, deadline); });
  }
  Result<bool> import_record(const ImageRecord& record, Deadline deadline) override {
    return around(MetadataOperation::ImportRecord, record.image_id.text(),
                  [&] { return store_.import_record(record, deadline); });
  }
  Result<std::vector<ImageRecord>> records_after(const std::optional<ImageId>& after, int limit,
                                                 Deadline deadline) override {
    return around(MetadataOperation::RecordsAfter, {}, [&] { return store_.records_after(after, limit, deadline); });
  }
  Result<std::vector<std::string>> unreferenced(std::span<const std::string> keys, Deadline deadline) override {
    return around(MetadataOperation::Unreferenced, {}, [&] { return store_.unreferenced(keys, deadline); });
  }
  Result<void> keep_verification(const VerificationReport& report, Deadline deadline) override {
    return around(MetadataOperation::KeepVerification, {}, [&] { return store_.keep_verification(report, deadline); });
  }
  Result<std::optional<VerificationReport>> last_verification(Deadline deadline) override {
    return around(MetadataOperation::LastVerification, {}, [&] { return store_.last_verification(deadline); });
  }
  Result<void> check(Deadline deadline) override {
    return around(MetadataOperation::Check, {}, [&] { return store_.check(deadline); });
  }

 private:
  MetadataStore& store_;
};

}  // namespace tintype::testing_support
