#include "adapters/metadata_sqlite/claims.h"

#include "adapters/metadata_sqlite/deletions.h"
#include "adapters/metadata_sqlite/record_row.h"
#include "adapters/metadata_sqlite/record_writes.h"
#include "adapters/sqlite/sqlite_error.h"
#include "ports/metadata_error.h"

namespace tintype::sqlite {
namespace {

constexpr std::string_view kHeld = "held";
constexpr std::string_view kReleased = "released";
constexpr std::string_view kCompleted = "completed";

constexpr const char* kClaimColumns = "user_id, token, fingerprint, image_id, blob_keys, holder, due_at";

struct StoredClaim {
  UploadClaim claim;
  std::string status;
};

Result<UploadClaim> read_claim(const Statement& row) {
  const auto user = UserId::parse(row.text(0));
  const auto token = IdempotencyToken::parse(row.text(1));
  const auto image = ImageId::parse(row.text(3));
  auto keys = parse_json_array(row.text(4));
  if (!user || !token || !image || !keys) {
    return fail(to_error(SQLITE_CORRUPT, "no claim can be read from the row of image " + row.text(3)));
  }
  return UploadClaim{.user = *user,
                     .token = *token,
                     .fingerprint = row.text(2),
                     .image_id = *image,
                     .blob_keys = std::move(*keys),
                     .holder = row.text(5),
                     .due = UnixTime(UnixTime::duration(row.integer(6)))};
}

Result<std::optional<StoredClaim>> find_claim(Connection& connection, const UserId& user,
                                              const IdempotencyToken& token) {
  static const std::string sql =
      std::string("SELECT ") + kClaimColumns + ", status FROM upload_claims WHERE user_id = ? AND token = ?";
  auto select = connection.statement(sql);
  if (!select) return fail(select.error());
  select->bind(user.text(), token.text());
  const auto row = select->step();
  if (!row) return fail(row.error());
  if (!*row) return std::optional<StoredClaim>();
  auto claim = read_claim(*select);
  if (!claim) return fail(claim.error());
  return StoredClaim{std::move(*claim), select->text(7)};
}

Result<void> write_new(Connection& connection, const UploadClaim& wanted) {
  static const std::string sql =
      std::string("INSERT INTO upload_claims (") + kClaimColumns + ", status) VALUES (?, ?, ?, ?, ?, ?, ?, 'held')";
  auto insert = connection.statement(sql);
  if (!insert) return fail(insert.error());
  insert->bind(wanted.user.text(), wanted.token.text(), wanted.fingerprint, wanted.image_id.text(),
               to_json_array(wanted.blob_keys), wanted.holder, to_milliseconds(wanted.due));
  return insert->run();
}

Result<void> remove_claim(Connection& connection, const UploadClaim& claim) {
  auto forget_result = connection.statement("DELETE FROM upload_results WHERE image_id = ?");
  if (!forget_result) return fail(forget_result.error());
  forget_result->bind(claim.image_id.text());
  if (auto forgotten = forget_result->run(); !forgotten) return forgotten;
  auto forget = connection.statement("DELETE FROM upload_claims WHERE user_id = ? AND token = ?");
  if (!forget) return fail(forget.error());
  forget->bind(claim.user.text(), claim.token.text());
  return forget->run();
}

// For the holder only: ClaimLost if `holder` does not hold it.
Result<void> change_held(Connection& connection, const UploadClaim& claim, std::string_view status, UnixTime due) {
  auto update = connection.statement(
      "UPDATE upload_claims SET status = ?, due_at = ?"
      " WHERE user_id = ? AND token = ? AND holder = ? AND status = 'held' RETURNING 1");
  if (!update) return fail(update.error());
  update->bind(status, to_milliseconds(due), claim.user.text(), claim.token.text(), claim.holder);
  const auto changed = update->step();
  if (!changed) return fail(changed.error());
  if (!*changed) return fail(claim_lost());
  return update->run();
}

Result<ClaimOutcome> replay(Connection& connection, const ImageId& id) {
  static const std::string sql = "SELECT " + record_columns() + " FROM upload_results WHERE image_id = ?";
  auto select = connection.statement(sql);
  if (!select) return fail(select.error());
  select->bind(id.text());
  const auto row = select->step();
  if (!row) return fail(row.error());
  if (!*row) return fail(to_error(SQLITE_CORRUPT, "no result of the upload of image " + id.text()));
  auto record = read_record(*select);
  if (!record) return fail(record.error());
  return ClaimOutcome(std::move(*record));
}

Result<ClaimOutcome> take_over(Connection& connection, UploadClaim claim, const UploadClaim& wanted) {
  auto update = connection.statement(
      "UPDATE upload_claims SET status = 'held', holder = ?, due_at = ? WHERE user_id = ? AND token = ?");
  if (!update) return fail(update.error());
  update->bind(wanted.holder, to_milliseconds(wanted.due), claim.user.text(), claim.token.text());
  if (auto updated = update->run(); !updated) return fail(updated.error());
  claim.holder = wanted.holder;
  claim.due = wanted.due;
  return ClaimOutcome(std::move(claim));
}

}  // namespace

Result<ClaimOutcome> claim(Connection& connection, const UploadClaim& wanted, UnixTime now) {
  auto found = find_claim(connection, wanted.user, wanted.token);
  if (!found) return fail(found.error());
  const bool is_completed = *found && (*found)->status == kCompleted;
  const bool is_overdue = *found && (*found)->claim.due <= now;
  if (is_completed && is_overdue) {
    if (auto removed = remove_claim(connection, (*found)->claim); !removed) return fail(removed.error());
  }
  if (!*found || (is_completed && is_overdue)) {
    if (auto written = write_new(connection, wanted); !written) return fail(written.error());
    return ClaimOutcome(wanted);
  }
  StoredClaim& stored = **found;
  if (stored.claim.fingerprint != wanted.fingerprint) {
    return fail(idempotency_mismatch());
  }
  if (is_completed) return replay(connection, stored.claim.image_id);
  if (stored.status == kHeld && !is_overdue) {
    return fail(upload_in_progress());
  }
  return take_over(connection, std::move(stored.claim), wanted);
}

Result<void> renew(Connection& connection, const UploadClaim& claim, UnixTime due) {
  return change_held(connection, claim, kHeld, due);
}

Result<void> release(Connection& connection, const UploadClaim& claim, UnixTime due) {
  return change_held(connection, claim, kReleased, due);
}

Result<void> complete(Connection& connection, const UploadClaim& claim, const ImageRecord& record,
                      UnixTime remembered_until) {
  if (auto changed = change_held(connection, claim, kCompleted, remembered_until); !changed) return changed;
  if (auto inserted = insert_record(connection, record); !inserted) return inserted;
  static const std::string sql = "INSERT INTO upload_results (" + record_columns() + ") SELECT " + record_columns() +
                                 " FROM images WHERE image_id = ?";
  auto copy = connection.statement(sql);
  if (!copy) return fail(copy.error());
  copy->bind(record.image_id.text());
  return copy->run();
}

Result<std::vector<UploadClaim>> due_claims(Connection& connection, UnixTime now, int limit) {
  static const std::string sql = std::string("SELECT ") + kClaimColumns +
                                 " FROM upload_claims INDEXED BY upload_claims_by_due WHERE due_at <= ?"
                                 " ORDER BY due_at LIMIT ?";
  auto select = connection.statement(sql);
  if (!select) return fail(select.error());
  select->bind(to_milliseconds(now), std::int64_t{std::max(limit, 0)});  // negative: no limit
  return read_rows<UploadClaim>(*select, read_claim);
}

Result<std::optional<Deletion>> expire(Connection& connection, const UploadClaim& claim, UnixTime now) {
  auto found = find_claim(connection, claim.user, claim.token);
  if (!found) return fail(found.error());
  const bool is_as_seen = *found && (*found)->claim.holder == claim.holder && (*found)->claim.due == claim.due;
  if (!is_as_seen) return fail(claim_lost());
  const StoredClaim& stored = **found;
  if (auto removed = remove_claim(connection, stored.claim); !removed) return fail(removed.error());
  if (stored.status == kCompleted) return std::optional<Deletion>();
  auto deletion = enter_deletion(connection, stored.claim.image_id, stored.claim.blob_keys, now);
  if (!deletion) return fail(deletion.error());
  return std::optional(std::move(*deletion));
}

}  // namespace tintype::sqlite
