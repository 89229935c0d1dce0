#include "adapters/metadata_dynamodb/dynamodb_metadata_store.h"

#include "adapters/metadata_dynamodb/claims.h"
#include "adapters/metadata_dynamodb/deletions.h"
#include "adapters/metadata_dynamodb/expiry.h"
#include "adapters/metadata_dynamodb/keys.h"
#include "adapters/metadata_dynamodb/listing.h"
#include "adapters/metadata_dynamodb/records.h"
#include "adapters/metadata_dynamodb/references.h"
#include "adapters/metadata_dynamodb/tables.h"
#include "adapters/metadata_dynamodb/turns.h"

namespace tintype {

Result<void> DynamoDbMetadataStore::create_tables(Deadline deadline) {
  return dynamodb::create_tables(database_, deadline);
}

Result<void> DynamoDbMetadataStore::check_tables(Deadline deadline) {
  return dynamodb::check_tables(database_, deadline);
}

Result<ImageRecord> DynamoDbMetadataStore::find(const ImageId& id, Deadline deadline) {
  if (auto checked = dynamodb::in_time(deadline); !checked) return fail(checked.error());
  return dynamodb::find_record(database_, id, deadline);
}

Result<ListPage> DynamoDbMetadataStore::list(const ListQuery& query, Deadline deadline) {
  if (auto checked = dynamodb::in_time(deadline); !checked) return fail(checked.error());
  return dynamodb::list_records(database_, query, deadline);
}

Result<ImageRecord> DynamoDbMetadataStore::update_text(const ImageId& id, const ImageText& text,
                                                       std::optional<std::int64_t> expected_version,
                                                       UnixTime updated_at, Deadline deadline) {
  if (auto checked = dynamodb::in_time(deadline); !checked) return fail(checked.error());
  return dynamodb::update_text(database_, id, text, expected_version, updated_at, deadline);
}

Result<ClaimOutcome> DynamoDbMetadataStore::claim(const UploadClaim& wanted, UnixTime now, Deadline deadline) {
  if (auto checked = dynamodb::in_time(deadline); !checked) return fail(checked.error());
  return dynamodb::claim(database_, wanted, now, deadline);
}

Result<void> DynamoDbMetadataStore::renew(const UploadClaim& claim, UnixTime due, Deadline deadline) {
  if (auto checked = dynamodb::in_time(deadline); !checked) return fail(checked.error());
  return dynamodb::renew(database_, claim, due, deadline);
}

Result<void> DynamoDbMetadataStore::complete(const UploadClaim& claim, const ImageRecord& record,
                                             UnixTime remembered_until, Deadline deadline) {
  if (auto checked = dynamodb::in_time(deadline); !checked) return fail(checked.error());
  return dynamodb::complete(database_, claim, record, remembered_until, deadline);
}

Result<void> DynamoDbMetadataStore::release(const UploadClaim& claim, UnixTime due, Deadline deadline) {
  if (auto checked = dynamodb::in_time(deadline); !checked) return fail(checked.error());
  return dynamodb::release(database_, claim, due, deadline);
}

Result<std::vector<UploadClaim>> DynamoDbMetadataStore::due_claims(UnixTime now, int limit, Deadline deadline) {
  if (auto checked = dynamodb::in_time(deadline); !checked) return fail(checked.error());
  return dynamodb::due_claims(database_, now, limit, deadline);
}

Result<std::optional<Deletion>> DynamoDbMetadataStore::expire(const UploadClaim& claim, UnixTime now,
                                                              Deadline deadline) {
  if (auto checked = dynamodb::in_time(deadline); !checked) return fail(checked.error());
  return dynamodb::expire(database_, claim, now, deadline);
}

Result<Deletion> DynamoDbMetadataStore::begin_deletion(const ImageId& id, UnixTime now, Deadline deadline) {
  if (auto checked = dynamodb::in_time(deadline); !checked) return fail(checked.error());
  return dynamodb::begin_deletion(database_, id, now, deadline);
}

Result<std::optional<Deletion>> DynamoDbMetadataStore::bury(const ImageId& id, std::span<const std::string> keys,
                                                            UnixTime now, Deadline deadline) {
  if (auto checked = dynamodb::in_time(deadline); !checked) return fail(checked.error());
  return dynamodb::bury(database_, id, keys, now, deadline);
}

Result<std::vector<Deletion>> DynamoDbMetadataStore::due_deletions(UnixTime now, int limit, Deadline deadline) {
  if (auto checked = dynamodb::in_time(deadline); !checked) return fail(checked.error());
  return dynamodb::due_deletions(database_, now, limit, deadline);
}

Result<void> DynamoDbMetadataStore::postpone_deletion(const Deletion& deletion, UnixTime due, Deadline deadline) {
  if (auto checked = dynamodb::in_time(deadline); !checked) return fail(checked.error());
  return dynamodb::postpone_deletion(database_, deletion, due, deadline);
}

Result<void> DynamoDbMetadataStore::finish_deletion(const Deletion& deletion, Deadline deadline) {
  if (auto checked = dynamodb::in_time(deadline); !checked) return fail(checked.error());
  return dynamodb::finish_deletion(database_, deletion, deadline);
}

Result<bool> DynamoDbMetadataStore::import_record(const ImageRecord& record, Deadline deadline) {
  if (auto checked = dynamodb::in_time(deadline); !checked) return fail(checked.error());
  return dynamodb::import_record(database_, record, deadline);
}

Result<std::vector<ImageRecord>> DynamoDbMetadataStore::records_after(const std::optional<ImageId>& after, int limit,
                                                                      Deadline deadline) {
  if (auto checked = dynamodb::in_time(deadline); !checked) return fail(checked.error());
  return dynamodb::records_after(database_, after, limit, deadline);
}

Result<std::vector<std::string>> DynamoDbMetadataStore::unreferenced(std::span<const std::string> keys,
                                                                     Deadline deadline) {
  if (auto checked = dynamodb::in_time(deadline); !checked) return fail(checked.error());
  return dynamodb::unreferenced(database_, keys, deadline);
}

Result<void> DynamoDbMetadataStore::keep_verification(const VerificationReport& report, Deadline deadline) {
  if (auto checked = dynamodb::in_time(deadline); !checked) return fail(checked.error());
  return dynamodb::keep_verification(database_, report, deadline);
}

Result<std::optional<VerificationReport>> DynamoDbMetadataStore::last_verification(Deadline deadline) {
  if (auto checked = dynamodb::in_time(deadline); !checked) return fail(checked.error());
  return dynamodb::last_verification(database_, deadline);
}

// A read of nothing.
Result<void> DynamoDbMetadataStore::check(Deadline deadline) {
  if (auto checked = dynamodb::in_time(deadline); !checked) return checked;
  for (const dynamodb::Table table : {dynamodb::Table::Images, dynamodb::Table::Uploads}) {
    const auto item = database_.get({table, "CHECK", "CHECK"}, deadline);
    if (!item) return fail(item.error());
  }
  return {};
}

}  // namespace tintype
