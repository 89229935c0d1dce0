#include "adapters/metadata_sqlite/record_writes.h"

#include "adapters/metadata_sqlite/record_row.h"
#include "ports/metadata_error.h"

namespace tintype::sqlite {
namespace {

Result<void> insert_tags(Connection& connection, const ImageRecord& record) {
  if (record.text.tags.empty()) return {};
  // A tag said twice is one tag here; the record keeps what the owner wrote.
  auto insert = connection.statement(
      "INSERT INTO image_tags (user_id, tag, uploaded_at, image_id, album_id) VALUES (?, ?, ?, ?, ?)"
      " ON CONFLICT (user_id, tag, uploaded_at, image_id) DO NOTHING");
  if (!insert) return fail(insert.error());
  for (const std::string& tag : record.text.tags) {
    insert->bind(record.user_id.text(), tag, to_milliseconds(record.uploaded_at), record.image_id.text(),
                 record.text.album_id);
    if (auto inserted = insert->run(); !inserted) return inserted;
    insert->reset();
  }
  return {};
}

Result<void> delete_tags(Connection& connection, const ImageId& id) {
  auto remove = connection.statement("DELETE FROM image_tags WHERE image_id = ?");
  if (!remove) return fail(remove.error());
  remove->bind(id.text());
  return remove->run();
}

Result<std::optional<std::int64_t>> version_of(Connection& connection, const ImageId& id) {
  auto select = connection.statement("SELECT version FROM images WHERE image_id = ?");
  if (!select) return fail(select.error());
  select->bind(id.text());
  const auto row = select->step();
  if (!row) return fail(row.error());
  return *row ? std::optional(select->integer(0)) : std::nullopt;
}

// Why an update changed no row.
Error explain_no_update(Connection& connection, const ImageId& id) {
  const auto version = version_of(connection, id);
  if (!version) return version.error();
  if (!*version) return no_such_image();
  return version_mismatch(**version);
}

Result<ImageRecord> update_row(Connection& connection, const ImageId& id, const ImageText& text,
                               std::optional<std::int64_t> expected_version, UnixTime updated_at) {
  static const std::string sql =
      "UPDATE images SET album_id = ?1, title = ?2, description = ?3, alt_text = ?4, tags = ?5, updated_at = ?6,"
      " version = version + 1 WHERE image_id = ?7 AND version = coalesce(?8, version) RETURNING " +
      record_columns();
  auto update = connection.statement(sql);
  if (!update) return fail(update.error());
  update->bind(text.album_id, text.title, text.description, text.alt_text, to_json_array(text.tags),
               to_milliseconds(updated_at), id.text(), expected_version);
  const auto row = update->step();
  if (!row) return fail(row.error());
  if (!*row) return fail(explain_no_update(connection, id));
  auto record = read_record(*update);
  if (auto done = update->run(); !done) return fail(done.error());
  return record;
}

// Whether `sql` selects a row of the image.
Result<bool> has_row(Connection& connection, const char* sql, const ImageId& id) {
  auto select = connection.statement(sql);
  if (!select) return fail(select.error());
  select->bind(id.text());
  return select->step();
}

// An image that is on its way in or out, in which case no record of it may be added.
Result<void> check_no_journal_has(Connection& connection, const ImageId& id) {
  const auto dead = has_row(connection, "SELECT 1 FROM deletions WHERE image_id = ?", id);
  if (!dead) return fail(dead.error());
  if (*dead) return fail(ErrorCode::NotFound, "the image is being deleted");
  const auto claimed =
      has_row(connection, "SELECT 1 FROM upload_claims WHERE image_id = ? AND status <> 'completed'", id);
  if (!claimed) return fail(claimed.error());
  if (*claimed) return fail(ErrorCode::UploadInProgress, "the image is being uploaded");
  return {};
}

// The tags go with their image (ON DELETE CASCADE).
Result<void> delete_row(Connection& connection, const ImageId& id) {
  auto remove = connection.statement("DELETE FROM images WHERE image_id = ?");
  if (!remove) return fail(remove.error());
  remove->bind(id.text());
  return remove->run();
}

}  // namespace

Result<void> insert_record(Connection& connection, const ImageRecord& record) {
  static const std::string sql = "INSERT INTO images (" + record_columns() + ") VALUES (" + record_placeholders() + ")";
  auto insert = connection.statement(sql);
  if (!insert) return fail(insert.error());
  bind_record(*insert, record);
  if (auto inserted = insert->run(); !inserted) return inserted;
  return insert_tags(connection, record);
}

Result<ImageRecord> update_text(Connection& connection, const ImageId& id, const ImageText& text,
                                std::optional<std::int64_t> expected_version, UnixTime updated_at) {
  auto record = update_row(connection, id, text, expected_version, updated_at);
  if (!record) return record;
  if (auto deleted = delete_tags(connection, id); !deleted) return fail(deleted.error());
  if (auto inserted = insert_tags(connection, *record); !inserted) return fail(inserted.error());
  return record;
}

Result<bool> import_record(Connection& connection, const ImageRecord& record) {
  if (auto checked = check_no_journal_has(connection, record.image_id); !checked) return fail(checked.error());
  const auto there = version_of(connection, record.image_id);
  if (!there) return fail(there.error());
  if (*there && **there >= record.version) return false;
  if (auto removed = delete_row(connection, record.image_id); !removed) return fail(removed.error());
  if (auto inserted = insert_record(connection, record); !inserted) return fail(inserted.error());
  return true;
}

}  // namespace tintype::sqlite
