#pragma once

#include "adapters/metadata_dynamodb/database.h"
#include "ports/metadata_store.h"

namespace tintype {

// A MetadataStore in two tables of Amazon DynamoDB or of an engine that speaks its API (docs/decisions/0021).
//
// Listings, due_claims and due_deletions read indexes, which follow the tables with a delay (DynamoDB: mostly under a
// second): they may not show yet what was just written. All other reads are consistent.
//
// With `transactions` an upload's claim and its image change in one TransactWriteItems; without, for engines that have
// none, one after the other, and what a crash leaves half done is done by whoever comes upon it. due_claims writes
// then, too. What tells of a step, the event, goes the same way (outbox.h).
//
// Its other two sides are DynamoDbDerivationStore and DynamoDbEventLog.
class DynamoDbMetadataStore final : public MetadataStore {
 public:
  using Options = dynamodb::Database::Options;
  // `client` is one for "dynamodb" and must outlive the store.
  DynamoDbMetadataStore(aws::AwsClient& client, Options options) : database_(client, std::move(options)) {}

  // Makes the tables that are not there (tables.h).
  Result<void> create_tables(Deadline deadline);
  // Whether they are there and have the right shape (tables.h). The detail of an error says what to do.
  Result<void> check_tables(Deadline deadline);

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

  // What its other sides read and write.
  dynamodb::Database& database() { return database_; }

 private:
  dynamodb::Database database_;
};

}  // namespace tintype
