// DESIGN. A claim and its image are two items. With transactions both change together. Without, the claim decides and
// goes first, in one conditional write, and the image's item follows; whoever comes upon a claim whose image has not
// followed yet, a retry or the sweeper, makes it follow (publication.h, expiry.h). So an upload is committed by the
// write that completes its claim, which carries the record, and a crash between the two writes loses nothing.
// Rejected: the record first, and recovery by whether it is there. A writer that is late by a lease could add a record
// whose blobs the sweeper has removed; for nothing in the record's own item says that the claim is lost.
#include "adapters/metadata_dynamodb/claims.h"

#include "adapters/metadata_dynamodb/claim_item.h"
#include "adapters/metadata_dynamodb/expiry.h"
#include "adapters/metadata_dynamodb/image_item.h"
#include "adapters/metadata_dynamodb/publication.h"
#include "adapters/metadata_dynamodb/record_item.h"
#include "ports/metadata_error.h"

namespace tintype::dynamodb {
namespace {

// Each turn another call has changed the claim between our look and our write.
constexpr int kTurns = 8;

// The image's item, if who wrote the claim has not come to it.
Result<void> follow(Database& database, const UploadClaim& claim, Deadline deadline) {
  if (database.has_transactions()) return {};
  const auto image = database.write(put_claimed(claim), deadline);  // false: it is there
  return image ? Result<void>() : fail(image.error());
}

// False: another claim is there. `seen` as in put_claim.
Result<bool> write_new(Database& database, const UploadClaim& wanted, const StoredClaim* seen, Deadline deadline) {
  if (database.has_transactions()) {
    const auto refused = database.write_together(std::array{put_claim(wanted, seen), put_claimed(wanted)}, deadline);
    if (!refused) return fail(refused.error());
    return !*refused;
  }
  const auto claimed = database.write(put_claim(wanted, seen), deadline);
  if (!claimed || !*claimed) return claimed;
  if (auto followed = follow(database, wanted, deadline); !followed) return fail(followed.error());
  return true;
}

// False: it has changed meanwhile.
Result<bool> take_over(Database& database, const StoredClaim& seen, const UploadClaim& wanted, Deadline deadline) {
  Write update = of_seen(Write::Kind::Update, seen);
  set_status(update, ClaimStatus::Pending);
  set_due(update, seen.claim.image_id, wanted.due);
  update.update += ", #holder = :holder";
  update.values.insert_or_assign(":holder", text_value(wanted.holder));
  const auto taken = database.write(update, deadline);
  if (!taken || !*taken) return taken;
  if (auto followed = follow(database, seen.claim, deadline); !followed) return fail(followed.error());
  return true;
}

Result<ClaimOutcome> replay(Database& database, const StoredClaim& stored, Deadline deadline) {
  if (auto published = publish(database, stored, deadline); !published) return fail(published.error());
  auto record = read_record(stored.result);
  if (!record) return fail(record.error());
  return ClaimOutcome(std::move(*record));
}

// What the claim that is there means for `wanted`; nullopt: look again.
Result<std::optional<ClaimOutcome>> decide(Database& database, StoredClaim& stored, const UploadClaim& wanted,
                                           UnixTime now, Deadline deadline) {
  const bool is_overdue = stored.claim.due <= now;
  if (stored.is(ClaimStatus::Pending) && stored.claim.holder == wanted.holder) {
    // Written by this very call, whose answer was lost.
    if (auto followed = follow(database, stored.claim, deadline); !followed) return fail(followed.error());
    return std::optional<ClaimOutcome>(std::move(stored.claim));
  }
  if (stored.is(ClaimStatus::Expired)) {
    if (auto ended = end_expired(database, stored, now, deadline); !ended) return fail(ended.error());
    return std::optional<ClaimOutcome>();
  }
  if (stored.is(ClaimStatus::Completed) && is_overdue && !stored.unpublished) {
    const auto written = write_new(database, wanted, &stored, deadline);
    if (!written) return fail(written.error());
    return *written ? std::optional<ClaimOutcome>(wanted) : std::nullopt;
  }
  if (stored.claim.fingerprint != wanted.fingerprint) {
    return fail(idempotency_mismatch());
  }
  if (stored.is(ClaimStatus::Completed)) {
    auto record = replay(database, stored, deadline);
    if (!record) return fail(record.error());
    return std::optional(std::move(*record));
  }
  if (stored.is(ClaimStatus::Pending) && !is_overdue) {
    return fail(upload_in_progress());
  }
  const auto taken = take_over(database, stored, wanted, deadline);
  if (!taken) return fail(taken.error());
  if (!*taken) return std::optional<ClaimOutcome>();
  stored.claim.holder = wanted.holder;
  stored.claim.due = wanted.due;
  return std::optional<ClaimOutcome>(std::move(stored.claim));
}

Result<void> change_held(Database& database, const UploadClaim& claim, ClaimStatus status, UnixTime due,
                         Deadline deadline) {
  Write update = of_holder(Write::Kind::Update, claim, ClaimStatus::Pending);
  set_status(update, status);
  set_due(update, claim.image_id, due);
  const auto changed = database.write_or_tell(update, deadline);
  if (!changed) return fail(changed.error());
  if (*changed == Written::Done) return {};
  if (*changed == Written::Refused) return fail(claim_lost());
  const auto stored = find_claim(database, claim.user, claim.token, deadline);
  if (!stored) return fail(stored.error());
  const bool is_by_us =
      *stored && (*stored)->claim.holder == claim.holder && (*stored)->is(status) && (*stored)->claim.due == due;
  return is_by_us ? Result<void>() : fail(claim_lost());
}

}  // namespace

Result<ClaimOutcome> claim(Database& database, const UploadClaim& wanted, UnixTime now, Deadline deadline) {
  const auto written = write_new(database, wanted, nullptr, deadline);
  if (!written) return fail(written.error());
  if (*written) return ClaimOutcome(wanted);
  for (int turn = 0; turn < kTurns; ++turn) {
    auto stored = find_claim(database, wanted.user, wanted.token, deadline);
    if (!stored) return fail(stored.error());
    if (!*stored) {
      const auto again = write_new(database, wanted, nullptr, deadline);
      if (!again) return fail(again.error());
      if (*again) return ClaimOutcome(wanted);
      continue;
    }
    auto outcome = decide(database, **stored, wanted, now, deadline);
    if (!outcome) return fail(outcome.error());
    if (*outcome) return std::move(**outcome);
  }
  return fail(upload_in_progress());
}

Result<void> renew(Database& database, const UploadClaim& claim, UnixTime due, Deadline deadline) {
  return change_held(database, claim, ClaimStatus::Pending, due, deadline);
}

Result<void> release(Database& database, const UploadClaim& claim, UnixTime due, Deadline deadline) {
  return change_held(database, claim, ClaimStatus::Failed, due, deadline);
}

Result<void> complete(Database& database, const UploadClaim& claim, const ImageRecord& record,
                      UnixTime remembered_until, Deadline deadline) {
  if (record.image_id != claim.image_id) {
    return fail(ErrorCode::Internal, "the upload failed", "record " + record.image_id.text() + " is not the claim's");
  }
  const auto done = database.has_transactions()
                        ? complete_together(database, claim, record, remembered_until, deadline)
                        : complete_in_steps(database, claim, record, remembered_until, deadline);
  if (!done) return fail(done.error());
  return *done ? Result<void>() : fail(claim_lost());
}

}  // namespace tintype::dynamodb
