#include "adapters/metadata_dynamodb/publication.h"

#include "adapters/metadata_dynamodb/event_item.h"
#include "adapters/metadata_dynamodb/image_item.h"
#include "adapters/metadata_dynamodb/keys.h"
#include "adapters/metadata_dynamodb/outbox.h"
#include "adapters/metadata_dynamodb/record_item.h"
#include "adapters/metadata_dynamodb/tags.h"

namespace tintype::dynamodb {
namespace {

// DynamoDB's own removal of old claims, for when no sweeper runs; readers do not rely on it.
constexpr std::chrono::hours kTtlAfterDue{24};

Write put_record(const ImageRecord& record) {
  Write put{.kind = Write::Kind::Put,
            .key = image_key(record.image_id),
            .condition = "attribute_exists(#uploadToken) AND attribute_not_exists(#s3Key)"};
  write_image_record(put.item, record);
  return put;
}

Item result_of(const ImageRecord& record) {
  Item result;
  write_record(result, record);
  return result;
}

Write complete_claim(const UploadClaim& claim, const ImageRecord& record) {
  Write update = of_holder(Write::Kind::Update, claim, ClaimStatus::Pending);
  set_status(update, ClaimStatus::Completed);
  update.update += ", #result = :result";
  update.values.insert_or_assign(":result", map_value(result_of(record)));
  return update;
}

void remember_until(Write& update, const ImageId& id, UnixTime until) {
  set_due(update, id, until);
  const auto expires = std::chrono::floor<std::chrono::seconds>(until) + kTtlAfterDue;
  update.update += ", #ttl = :ttl";
  update.values.insert_or_assign(":ttl", number_value(std::int64_t{expires.time_since_epoch().count()}));
}

}  // namespace

Result<bool> complete_together(Database& database, const UploadClaim& claim, const ImageRecord& record,
                               UnixTime remembered_until, Deadline deadline) {
  std::vector<Write> writes = {complete_claim(claim, record), put_record(record)};
  remember_until(writes[0], claim.image_id, remembered_until);
  for (const std::string& tag : record.text.tags) writes.push_back(put_tag(record, tag));
  writes.push_back(put_event(database, upload_event(record)));
  const auto refused = database.write_together(writes, deadline);
  if (!refused) return fail(refused.error());
  if (!*refused) return true;
  if (**refused == 0) return false;
  return fail(ErrorCode::Internal, "the upload failed",
              "image " + record.image_id.text() + " is not that of its claim");
}

Result<bool> complete_in_steps(Database& database, const UploadClaim& claim, const ImageRecord& record,
                               UnixTime remembered_until, Deadline deadline) {
  Write update = complete_claim(claim, record);
  update.update += ", #unpublishedUntil = :unpublishedUntil";
  update.values.insert_or_assign(":unpublishedUntil",
                                 number_value(std::int64_t{remembered_until.time_since_epoch().count()}));
  const auto completed = database.write_or_tell(update, deadline);
  if (!completed) return fail(completed.error());
  if (*completed == Written::Refused) return false;
  if (*completed == Written::RefusedAfterLostAnswer) {
    const auto there = find_claim(database, claim.user, claim.token, deadline);
    if (!there) return fail(there.error());
    const bool is_by_us = *there && (*there)->claim.holder == claim.holder && (*there)->is(ClaimStatus::Completed);
    if (!is_by_us) return false;
  }
  const StoredClaim stored{
      .claim = claim, .status = ClaimStatus::Completed, .unpublished = remembered_until, .result = result_of(record)};
  if (auto published = publish(database, stored, deadline); !published) return fail(published.error());
  return true;
}

Result<void> publish(Database& database, const StoredClaim& completed, Deadline deadline) {
  if (!completed.unpublished) return {};
  const auto record = read_record(completed.result);
  if (!record) return fail(record.error());
  if (auto put = database.write(put_record(*record), deadline); !put) return fail(put.error());
  if (auto logged = log_once(database, upload_event(*record), deadline); !logged) return logged;
  // It may have been there already, and may have been changed, or deleted, since.
  const auto image = find_image(database, completed.claim.image_id, deadline);
  if (!image) return fail(image.error());
  if (image->record) {
    if (auto tagged = put_tags(database, *image->record, deadline); !tagged) return tagged;
  }
  Write update = of_holder(Write::Kind::Update, completed.claim, ClaimStatus::Completed);
  update.condition += " AND attribute_exists(#unpublishedUntil)";
  remember_until(update, completed.claim.image_id, *completed.unpublished);
  update.update += " REMOVE #unpublishedUntil";
  const auto marked = database.write(update, deadline);  // false: by somebody else
  return marked ? Result<void>() : fail(marked.error());
}

}  // namespace tintype::dynamodb
