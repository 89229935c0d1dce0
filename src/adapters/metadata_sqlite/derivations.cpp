#include "adapters/metadata_sqlite/derivations.h"

#include "adapters/metadata_sqlite/deletions.h"
#include "adapters/metadata_sqlite/events.h"
#include "adapters/metadata_sqlite/record_row.h"
#include "adapters/sqlite/sqlite_error.h"

namespace tintype::sqlite {
namespace {

using MaybeRecord = std::optional<ImageRecord>;

// The record that `sql`, which ends in RETURNING record_columns(), has changed, if there is one.
template <typename... Values>
Result<MaybeRecord> changed_record(Connection& connection, const std::string& sql, const Values&... values) {
  auto update = connection.statement(sql);
  if (!update) return fail(update.error());
  update->bind(values...);
  const auto row = update->step();
  if (!row) return fail(row.error());
  if (!*row) return MaybeRecord();
  auto record = read_record(*update);
  if (!record) return fail(record.error());
  if (auto done = update->run(); !done) return fail(done.error());
  return MaybeRecord(std::move(*record));
}

Result<MaybeRecord> tell(Connection& connection, MaybeRecord record, ImageEventType type, UnixTime now, bool announce) {
  auto told = add_event(connection, event_of(*record, type, now), announce);
  if (!told) return fail(told.error());
  return record;
}

}  // namespace

Result<MaybeRecord> finish_derivation(Connection& connection, const ImageId& id, const Derivative& made, UnixTime now,
                                      bool announce) {
  static const std::string sql =
      "UPDATE images SET thumbnail_key = ?1, thumbnail_sha256 = ?2, thumbnail_recipe = ?3, thumbnail_version = ?4,"
      " status = 'completed', processing_error = NULL, redrive_at = NULL, updated_at = ?5, version = version + 1"
      " WHERE image_id = ?6 AND thumbnail_version = ?4 - 1 RETURNING " +
      record_columns();
  auto record = changed_record(connection, sql, made.key, made.sha256, made.recipe, made.version, to_milliseconds(now),
                               id.text());
  if (!record || !*record) return record;
  return tell(connection, std::move(*record), ImageEventType::Completed, now, announce);
}

Result<MaybeRecord> give_up_derivation(Connection& connection, const ImageId& id, std::int64_t version,
                                       const std::string& key, const std::string& error, UnixTime now, bool announce) {
  static const std::string give_up_version =
      "UPDATE images SET thumbnail_version = ?1 WHERE image_id = ?2 AND thumbnail_version = ?1 - 1 RETURNING " +
      record_columns();
  auto record = changed_record(connection, give_up_version, version, id.text());
  if (!record || !*record) return record;
  if (auto buried = enter_deletion(connection, id, {key}, now); !buried) return fail(buried.error());
  if ((*record)->thumbnail_key) return record;
  static const std::string fail_image =
      "UPDATE images SET status = 'failed', processing_error = ?1, redrive_at = NULL, updated_at = ?2,"
      " version = version + 1 WHERE image_id = ?3 RETURNING " +
      record_columns();
  record = changed_record(connection, fail_image, error, to_milliseconds(now), id.text());
  if (!record || !*record) return record;
  return tell(connection, std::move(*record), ImageEventType::Failed, now, announce);
}

Result<std::vector<ImageRecord>> due_derivations(Connection& connection, UnixTime now, int limit) {
  static const std::string sql =
      "SELECT " + record_columns() +
      " FROM images INDEXED BY images_by_redrive"
      " WHERE redrive_at IS NOT NULL AND redrive_at <= ? AND status = 'processing' ORDER BY redrive_at LIMIT ?";
  auto select = connection.statement(sql);
  if (!select) return fail(select.error());
  select->bind(to_milliseconds(now), std::int64_t{std::max(limit, 0)});  // negative: no limit
  return read_rows<ImageRecord>(*select, read_record);
}

Result<bool> postpone_derivation(Connection& connection, const ImageRecord& seen, UnixTime redrive_at) {
  if (!seen.redrive_at) return false;
  return changes_a_row(connection,
                       "UPDATE images SET redrive_at = ?, redrives = redrives + 1"
                       " WHERE image_id = ? AND redrive_at = ? AND redrives = ? AND status = 'processing' RETURNING 1",
                       to_milliseconds(redrive_at), seen.image_id.text(), to_milliseconds(*seen.redrive_at),
                       std::int64_t{seen.redrives});
}

}  // namespace tintype::sqlite
