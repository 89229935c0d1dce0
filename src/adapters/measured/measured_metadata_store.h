#pragma once

#include "adapters/measured/operation_timer.h"
#include "ports/metadata_store.h"

namespace tintype {

// Forwards every call to another store and times it.
class MeasuredMetadataStore final : public MetadataStore {
 public:
  // Both must outlive it.
  MeasuredMetadataStore(MetadataStore& store, MetricsRegistry& metrics);

  Result<ImageRecord> find(const ImageId& id, Deadline deadline) override;
  Result<ListPage> list(const ListQuery& query, Deadline deadline) override;
  Result<ImageRecord> update_text(const ImageId& id, const ImageText& text,
                                  std::optional<std::int64_t> expected_version, UnixTime updated_at,
                                  Deadline deadline) override;
  Result<ClaimOutcome> claim(const UploadClaim& wanted, UnixTime now, Deadline deadline) override;
  Result<void> renew(const UploadClaim& claim, UnixTime due, Deadline deadline) override;
  Result<void> complete(const UploadClaim& claim, const ImageRecord& record, UnixTime remembered_until,
                        Deadline deadline) override;
  Result<void> release(const UploadClaim& claim, UnixTime due, Deadline deadline) override;
  Result<std::vector<UploadClaim>> due_claims(UnixTime now, int limit, Deadline deadline) override;
  Result<std::optional<Deletion>> expire(const UploadClaim& claim, UnixTime now, Deadline deadline) override;
  Result<Deletion> begin_deletion(const ImageId& id, UnixTime now, Deadline deadline) override;
  Result<std::optional<Deletion>> bury(const ImageId& id, std::span<const std::string> keys, UnixTime now,
                                       Deadline deadline) override;
  Result<std::vector<Deletion>> due_deletions(UnixTime now, int limit, Deadline deadline) override;
  Result<void> postpone_deletion(const Deletion& deletion, UnixTime due, Deadline deadline) override;
  Result<void> finish_deletion(const Deletion& deletion, Deadline deadline) override;
  Result<bool> import_record(const ImageRecord& record, Deadline deadline) override;
  Result<std::vector<ImageRecord>> records_after(const std::optional<ImageId>& after, int limit,
                                                 Deadline deadline) override;
  Result<std::vector<std::string>> unreferenced(std::span<const std::string> keys, Deadline deadline) override;
  Result<void> keep_verification(const VerificationReport& report, Deadline deadline) override;
  Result<std::optional<VerificationReport>> last_verification(Deadline deadline) override;
  Result<void> check(Deadline deadline) override;

 private:
  MetadataStore& store_;
  const OperationTimer find_;
  const OperationTimer list_;
  const OperationTimer update_text_;
  const OperationTimer claim_;
  const OperationTimer renew_;
  const OperationTimer complete_;
  const OperationTimer release_;
  const OperationTimer due_claims_;
  const OperationTimer expire_;
  const OperationTimer begin_deletion_;
  const OperationTimer bury_;
  const OperationTimer due_deletions_;
  const OperationTimer postpone_deletion_;
  const OperationTimer finish_deletion_;
  const OperationTimer import_record_;
  const OperationTimer records_after_;
  const OperationTimer unreferenced_;
  const OperationTimer keep_verification_;
  const OperationTimer last_verification_;
  const OperationTimer check_;
};

}  // namespace tintype
