#include "adapters/metadata_sqlite/references.h"

#include <algorithm>

#include "adapters/metadata_sqlite/record_row.h"
#include "model/blob_key.h"

namespace tintype::sqlite {
namespace {

Result<bool> record_refers_to(Connection& connection, const ImageId& id, const std::string& key) {
  // A record that is being worked on will refer to a key that it does not name yet.
  auto select = connection.statement(
      "SELECT status IN ('pending', 'processing') OR main_key = ?2 OR thumbnail_key IS ?2 FROM images"
      " WHERE image_id = ?1");
  if (!select) return fail(select.error());
  select->bind(id.text(), key);
  const auto row = select->step();
  if (!row) return fail(row.error());
  return *row && select->integer(0) != 0;
}

// `sql` selects the JSON array of keys of an image.
Result<bool> lists(Connection& connection, const char* sql, const ImageId& id, const std::string& key) {
  auto select = connection.statement(sql);
  if (!select) return fail(select.error());
  select->bind(id.text());
  const auto row = select->step();
  if (!row) return fail(row.error());
  if (!*row) return false;
  const auto keys = parse_json_array(select->text(0));
  if (!keys) return fail(keys.error());
  return std::ranges::find(*keys, key) != keys->end();
}

Result<bool> is_referenced(Connection& connection, const ImageId& id, const std::string& key) {
  const auto by_image = is_referenced_by_image(connection, id, key);
  if (!by_image || *by_image) return by_image;
  return lists(connection, "SELECT blob_keys FROM deletions WHERE image_id = ?", id, key);
}

}  // namespace

Result<bool> is_referenced_by_image(Connection& connection, const ImageId& id, const std::string& key) {
  // An image goes from its claim to its record to its deletion: in this order, none is missed that moves on meanwhile.
  const auto by_claim =
      lists(connection, "SELECT blob_keys FROM upload_claims WHERE image_id = ? AND status <> 'completed'", id, key);
  if (!by_claim || *by_claim) return by_claim;
  return record_refers_to(connection, id, key);
}

Result<std::vector<std::string>> unreferenced(Connection& connection, std::span<const std::string> keys) {
  std::vector<std::string> found;
  for (const std::string& text : keys) {
    const auto key = BlobKey::parse(text);
    if (!key) continue;
    const auto referenced = is_referenced(connection, key->image(), text);
    if (!referenced) return fail(referenced.error());
    if (!*referenced) found.push_back(text);
  }
  return found;
}

Result<void> keep_verification(Connection& connection, const VerificationReport& report) {
  auto replace = connection.statement("INSERT OR REPLACE INTO last_verification VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!replace) return fail(replace.error());
  replace->bind(report.blobs, report.records, report.orphaned_files, report.missing_files, report.corrupt_files,
                report.unknown_files, report.repaired, report.sample_percent, to_milliseconds(report.finished));
  return replace->run();
}

Result<std::optional<VerificationReport>> last_verification(Connection& connection) {
  auto select = connection.statement(
      "SELECT blobs, records, orphaned_files, missing_files, corrupt_files, unknown_files, repaired, sample_percent,"
      " finished_at FROM last_verification");
  if (!select) return fail(select.error());
  const auto row = select->step();
  if (!row) return fail(row.error());
  if (!*row) return std::optional<VerificationReport>();
  return VerificationReport{.blobs = select->integer(0),
                            .records = select->integer(1),
                            .orphaned_files = select->integer(2),
                            .missing_files = select->integer(3),
                            .corrupt_files = select->integer(4),
                            .unknown_files = select->integer(5),
                            .repaired = select->integer(6),
                            .sample_percent = select->real(7),
                            .finished = UnixTime(UnixTime::duration(select->integer(8)))};
}

}  // namespace tintype::sqlite
