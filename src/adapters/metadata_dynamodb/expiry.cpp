#include "adapters/metadata_dynamodb/expiry.h"

#include "adapters/metadata_dynamodb/due_items.h"
#include "adapters/metadata_dynamodb/image_item.h"
#include "adapters/metadata_dynamodb/keys.h"
#include "adapters/metadata_dynamodb/publication.h"
#include "ports/metadata_error.h"

namespace tintype::dynamodb {
namespace {

// The image's item, claimed or not written yet, becomes an entry of the journal.
Write bury_claimed(const Deletion& deletion) {
  Write put{.kind = Write::Kind::Put,
            .key = image_key(deletion.image_id),
            .condition = "attribute_not_exists(#s3Key) AND attribute_not_exists(#deletionEntry)"};
  write_deletion(put.item, deletion);
  return put;
}

Result<std::optional<Deletion>> forget(Database& database, const StoredClaim& completed, Deadline deadline) {
  const auto forgotten = database.write(of_seen(Write::Kind::Delete, completed), deadline);
  if (!forgotten) return fail(forgotten.error());
  return std::optional<Deletion>();  // or somebody else has forgotten it
}

Result<std::optional<Deletion>> expire_together(Database& database, const StoredClaim& seen, UnixTime now,
                                                Deadline deadline) {
  Deletion deletion = new_deletion(seen.claim.image_id, seen.claim.blob_keys, now);
  const std::array writes = {of_seen(Write::Kind::Delete, seen), bury_claimed(deletion)};
  const auto refused = database.write_together(writes, deadline);
  if (!refused) return fail(refused.error());
  if (!*refused) return std::optional(std::move(deletion));
  if (**refused == 0) return fail(claim_lost());
  return fail(ErrorCode::Internal, "the claim cannot be ended",
              "image " + seen.claim.image_id.text() + " is not that of its claim");
}

Result<std::optional<Deletion>> expire_in_steps(Database& database, StoredClaim seen, UnixTime now, Deadline deadline) {
  if (!seen.is(ClaimStatus::Expired)) {
    Write update = of_seen(Write::Kind::Update, seen);
    set_status(update, ClaimStatus::Expired);
    const auto fenced = database.write(update, deadline);
    if (!fenced) return fail(fenced.error());
    // Lost, unless it was fenced by this very call, whose answer was lost: the next pass goes on with it.
    if (!*fenced) return fail(claim_lost());
    seen.status = ClaimStatus::Expired;
  }
  auto deletion = end_expired(database, seen, now, deadline);
  if (!deletion) return fail(deletion.error());
  return std::optional(std::move(*deletion));
}

}  // namespace

Result<Deletion> end_expired(Database& database, const StoredClaim& expired, UnixTime now, Deadline deadline) {
  Deletion deletion = new_deletion(expired.claim.image_id, expired.claim.blob_keys, now);
  const auto buried = database.write(bury_claimed(deletion), deadline);
  if (!buried) return fail(buried.error());
  if (!*buried) {
    auto image = find_image(database, expired.claim.image_id, deadline);
    if (!image) return fail(image.error());
    if (image->deletion) deletion = std::move(*image->deletion);
  }
  const auto ended = database.write(of_seen(Write::Kind::Delete, expired), deadline);  // false: by somebody else
  if (!ended) return fail(ended.error());
  return deletion;
}

Result<std::vector<UploadClaim>> due_claims(Database& database, UnixTime now, int limit, Deadline deadline) {
  const auto items = due_items(database, Table::Uploads, DueKind::Step, now, limit, deadline);
  if (!items) return fail(items.error());
  std::vector<UploadClaim> due;
  for (const Item& item : *items) {
    auto stored = read_claim(item);
    if (!stored) return fail(stored.error());
    if (stored->unpublished) {
      if (auto published = publish(database, *stored, deadline); !published) return fail(published.error());
      continue;
    }
    due.push_back(std::move(stored->claim));
  }
  return due;
}

Result<std::optional<Deletion>> expire(Database& database, const UploadClaim& claim, UnixTime now, Deadline deadline) {
  auto stored = find_claim(database, claim.user, claim.token, deadline);
  if (!stored) return fail(stored.error());
  const bool is_as_seen = *stored && (*stored)->claim.holder == claim.holder && (*stored)->claim.due == claim.due;
  if (!is_as_seen) return fail(claim_lost());
  StoredClaim& seen = **stored;
  if (seen.unpublished) {
    const auto published = publish(database, seen, deadline);
    return fail(published ? claim_lost() : published.error());
  }
  if (seen.is(ClaimStatus::Completed)) return forget(database, seen, deadline);
  // One that is fenced off already was left by a process without transactions.
  const bool together = database.has_transactions() && !seen.is(ClaimStatus::Expired);
  return together ? expire_together(database, seen, now, deadline)
                  : expire_in_steps(database, std::move(seen), now, deadline);
}

}  // namespace tintype::dynamodb
