#include "adapters/metadata_sqlite/deletions.h"

#include <algorithm>

#include "adapters/metadata_sqlite/events.h"
#include "adapters/metadata_sqlite/record_reads.h"
#include "adapters/metadata_sqlite/record_row.h"
#include "adapters/metadata_sqlite/references.h"
#include "adapters/sqlite/sqlite_error.h"
#include "model/blob_key.h"
#include "ports/metadata_error.h"

namespace tintype::sqlite {
namespace {

Result<Deletion> read_deletion(const Statement& row) {
  const auto id = ImageId::parse(row.text(0));
  auto keys = parse_json_array(row.text(1));
  if (!id || !keys) return fail(to_error(SQLITE_CORRUPT, "no deletion can be read from the row of " + row.text(0)));
  return Deletion{.image_id = *id,
                  .blob_keys = std::move(*keys),
                  .entry = row.integer(2),
                  .failures = static_cast<int>(row.integer(3)),
                  .due = UnixTime(UnixTime::duration(row.integer(4)))};
}

// Takes out the entry that the image has, and gives its keys.
Result<std::vector<std::string>> take_out(Connection& connection, const ImageId& id) {
  auto remove = connection.statement("DELETE FROM deletions WHERE image_id = ? RETURNING blob_keys");
  if (!remove) return fail(remove.error());
  remove->bind(id.text());
  const auto row = remove->step();
  if (!row) return fail(row.error());
  if (!*row) return std::vector<std::string>();
  auto keys = parse_json_array(remove->text(0));
  if (auto done = remove->run(); !done) return fail(done.error());
  return keys;
}

// Those that it names, and that of the thumbnail which is being made.
std::vector<std::string> keys_of(const ImageRecord& record) {
  std::vector<std::string> keys = {record.main_key};
  if (record.thumbnail_key) keys.push_back(*record.thumbnail_key);
  if (record.status == ProcessingStatus::Processing) {
    keys.push_back(
        BlobKey::of(record.user_id, record.image_id, Variant::Thumbnail, record.thumbnail_version + 1).text());
  }
  return keys;
}

}  // namespace

Result<Deletion> enter_deletion(Connection& connection, const ImageId& id, std::vector<std::string> keys,
                                UnixTime now) {
  const auto earlier = take_out(connection, id);
  if (!earlier) return fail(earlier.error());
  for (const std::string& key : *earlier) {
    if (std::ranges::find(keys, key) == keys.end()) keys.push_back(key);
  }
  auto insert = connection.statement(
      "INSERT INTO deletions (image_id, blob_keys, failures, due_at) VALUES (?, ?, 0, ?) RETURNING entry");
  if (!insert) return fail(insert.error());
  insert->bind(id.text(), to_json_array(keys), to_milliseconds(now));
  const auto row = insert->step();
  if (!row) return fail(row.error());
  Deletion deletion{.image_id = id, .blob_keys = std::move(keys), .entry = insert->integer(0), .due = now};
  if (auto done = insert->run(); !done) return fail(done.error());
  return deletion;
}

Result<Deletion> begin_deletion(Connection& connection, const ImageId& id, UnixTime now, bool announce) {
  const auto record = find_record(connection, id);
  if (!record) return fail(record.error());
  // The tags go with their image (ON DELETE CASCADE).
  if (auto removed = run(connection, "DELETE FROM images WHERE image_id = ?", id.text()); !removed) {
    return fail(removed.error());
  }
  if (auto told = add_event(connection, event_of(*record, ImageEventType::Deleted, now), announce); !told) {
    return fail(told.error());
  }
  return enter_deletion(connection, id, keys_of(*record), now);
}

Result<std::optional<Deletion>> bury(Connection& connection, const ImageId& id, std::span<const std::string> keys,
                                     UnixTime now) {
  std::vector<std::string> dead;
  for (const std::string& key : keys) {
    const auto referenced = is_referenced_by_image(connection, id, key);
    if (!referenced) return fail(referenced.error());
    if (!*referenced) dead.push_back(key);
  }
  if (dead.empty()) return std::optional<Deletion>();
  auto deletion = enter_deletion(connection, id, std::move(dead), now);
  if (!deletion) return fail(deletion.error());
  return std::optional(std::move(*deletion));
}

Result<std::vector<Deletion>> due_deletions(Connection& connection, UnixTime now, int limit) {
  auto select = connection.statement(
      "SELECT image_id, blob_keys, entry, failures, due_at FROM deletions INDEXED BY deletions_by_due"
      " WHERE due_at <= ? ORDER BY due_at LIMIT ?");
  if (!select) return fail(select.error());
  select->bind(to_milliseconds(now), std::int64_t{std::max(limit, 0)});  // negative: no limit
  return read_rows<Deletion>(*select, read_deletion);
}

Result<void> postpone_deletion(Connection& connection, const Deletion& deletion, UnixTime due) {
  auto update =
      connection.statement("UPDATE deletions SET failures = failures + 1, due_at = ? WHERE entry = ? AND image_id = ?");
  if (!update) return fail(update.error());
  update->bind(to_milliseconds(due), deletion.entry, deletion.image_id.text());
  return update->run();
}

Result<void> finish_deletion(Connection& connection, const Deletion& deletion) {
  auto remove = connection.statement("DELETE FROM deletions WHERE entry = ? AND image_id = ?");
  if (!remove) return fail(remove.error());
  remove->bind(deletion.entry, deletion.image_id.text());
  return remove->run();
}

}  // namespace tintype::sqlite
