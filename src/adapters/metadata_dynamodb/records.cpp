#include "adapters/metadata_dynamodb/records.h"

#include "adapters/metadata_dynamodb/image_item.h"
#include "adapters/metadata_dynamodb/keys.h"
#include "adapters/metadata_dynamodb/outbox.h"
#include "adapters/metadata_dynamodb/record_item.h"
#include "adapters/metadata_dynamodb/tags.h"
#include "adapters/metadata_dynamodb/turns.h"
#include "ports/metadata_error.h"

namespace tintype::dynamodb {
namespace {

constexpr int kScanned = 500;  // items of one Scan

bool has_tag(const ImageRecord& record, const std::string& tag) {
  return std::ranges::find(record.text.tags, tag) != record.text.tags.end();
}

// Whether the item that lists the old record under the tag lists the new one, too.
bool is_listed(const std::optional<ImageRecord>& old, const ImageRecord& updated, const std::string& tag) {
  return old && has_tag(*old, tag) && old->text.album_id == updated.text.album_id;
}

// Tags before the record and after it, so that the record's tags always list it (tags.h). Refused: it has changed.
Result<Written> write_record_over(Database& database, const ImageItem& seen, const ImageRecord& updated,
                                  Deadline deadline) {
  for (const std::string& tag : updated.text.tags) {
    if (is_listed(seen.record, updated, tag)) continue;
    if (auto put = database.write(put_tag(updated, tag), deadline); !put) return fail(put.error());
  }
  Write put = as_seen(Write::Kind::Put, updated.image_id, seen);
  put.item = seen.raw;
  write_image_record(put.item, updated);
  const auto written = database.write_or_tell(put, deadline);
  if (!written || *written != Written::Done || !seen.record) return written;
  for (const std::string& tag : seen.record->text.tags) {
    if (has_tag(updated, tag)) continue;
    // The record is changed: what is left of the tag is harmless.
    if (!remove_tag(database, updated, tag, deadline)) break;
  }
  return written;
}

bool is_result_of(const ImageRecord& there, const std::optional<ImageRecord>& ours) {
  return ours && there.version == ours->version && there.text == ours->text && there.updated_at == ours->updated_at;
}

}  // namespace

Result<ImageRecord> find_record(Database& database, const ImageId& id, Deadline deadline) {
  auto image = find_image(database, id, deadline);
  if (!image) return fail(image.error());
  if (!image->record) return fail(no_such_image());
  return std::move(*image->record);
}

Result<ImageRecord> update_text(Database& database, const ImageId& id, const ImageText& text,
                                std::optional<std::int64_t> expected_version, UnixTime updated_at, Deadline deadline) {
  std::optional<ImageRecord> ours;
  for (Turns turns(deadline); turns.next();) {
    const auto image = find_settled(database, id, deadline);
    if (!image) return fail(image.error());
    if (!image->record) return fail(no_such_image());
    if (expected_version && is_result_of(*image->record, ours)) return std::move(*ours);  // the answer was lost
    if (expected_version && image->record->version != *expected_version) {
      return fail(version_mismatch(image->record->version));
    }
    ours = *image->record;
    ours->text = text;
    ours->updated_at = updated_at;
    ++ours->version;
    const auto written = write_record_over(database, *image, *ours, deadline);
    if (!written) return fail(written.error());
    if (*written == Written::Done) return std::move(*ours);
  }
  return too_many_turns(deadline);
}

Result<bool> import_record(Database& database, const ImageRecord& record, Deadline deadline) {
  bool is_answer_lost = false;
  for (Turns turns(deadline); turns.next();) {
    const auto image = find_settled(database, record.image_id, deadline);
    if (!image) return fail(image.error());
    if (image->deletion) return fail(ErrorCode::NotFound, "the image is being deleted");
    if (image->claimed_by) return fail(ErrorCode::UploadInProgress, "the image is being uploaded");
    const std::int64_t version_there = image->record ? image->record->version : 0;  // versions count from 1
    if (version_there >= record.version) return is_answer_lost && version_there == record.version;
    const auto written = write_record_over(database, *image, record, deadline);
    if (!written) return fail(written.error());
    if (*written == Written::Done) return true;
    is_answer_lost = *written == Written::RefusedAfterLostAnswer;
  }
  return too_many_turns(deadline);
}

Result<std::vector<ImageRecord>> records_after(Database& database, const std::optional<ImageId>& after, int limit,
                                               Deadline deadline) {
  std::vector<ImageRecord> records;
  if (limit <= 0) return records;
  Item last = after ? key_item(image_key(*after)) : Item();
  do {
    auto page = database.scan(Table::Images, kRecordMark, kScanned, last, deadline);
    if (!page) return fail(page.error());
    for (const Item& item : page->items) {
      auto record = read_record(item);
      if (!record) return fail(record.error());
      records.push_back(std::move(*record));
      if (records.size() == static_cast<std::size_t>(limit)) return records;
    }
    last = std::move(page->last_key);
  } while (!last.empty());
  return records;
}

Result<void> keep_verification(Database& database, const VerificationReport& report, Deadline deadline) {
  Write put{.kind = Write::Kind::Put, .key = verification_key()};
  put.item = {{"blobs", number_value(report.blobs)},
              {"records", number_value(report.records)},
              {"orphanedFiles", number_value(report.orphaned_files)},
              {"missingFiles", number_value(report.missing_files)},
              {"corruptFiles", number_value(report.corrupt_files)},
              {"unknownFiles", number_value(report.unknown_files)},
              {"repaired", number_value(report.repaired)},
              {"samplePercent", number_value(report.sample_percent)},
              {"finishedAt", text_value(to_rfc3339(report.finished))}};
  const auto kept = database.write(put, deadline);
  return kept ? Result<void>() : fail(kept.error());
}

Result<std::optional<VerificationReport>> last_verification(Database& database, Deadline deadline) {
  const auto item = database.get(verification_key(), deadline);
  if (!item) return fail(item.error());
  if (!*item) return std::optional<VerificationReport>();
  const auto number = [&](std::string_view name) { return number_of(**item, name).value_or(0); };
  const auto finished = parse_rfc3339(text_of(**item, "finishedAt").value_or(""));
  if (!finished) return unreadable("the last verification");
  return VerificationReport{.blobs = number("blobs"),
                            .records = number("records"),
                            .orphaned_files = number("orphanedFiles"),
                            .missing_files = number("missingFiles"),
                            .corrupt_files = number("corruptFiles"),
                            .unknown_files = number("unknownFiles"),
                            .repaired = number("repaired"),
                            .sample_percent = real_of(**item, "samplePercent").value_or(100),
                            .finished = *finished};
}

}  // namespace tintype::dynamodb
