#include "adapters/metadata_dynamodb/deletions.h"

#include "adapters/metadata_dynamodb/due_items.h"
#include "adapters/metadata_dynamodb/image_item.h"
#include "adapters/metadata_dynamodb/keys.h"
#include "adapters/metadata_dynamodb/outbox.h"
#include "adapters/metadata_dynamodb/references.h"
#include "adapters/metadata_dynamodb/tags.h"
#include "adapters/metadata_dynamodb/turns.h"
#include "model/blob_key.h"
#include "ports/metadata_error.h"

namespace tintype::dynamodb {
namespace {

std::vector<std::string> keys_of(const ImageRecord& record) {
  std::vector<std::string> keys = {record.main_key};
  if (record.thumbnail_key) keys.push_back(*record.thumbnail_key);
  if (record.status == ProcessingStatus::Processing) {
    const std::int64_t next = record.thumbnail_version + 1;  // may be stored already
    keys.push_back(BlobKey::of(record.user_id, record.image_id, Variant::Thumbnail, next).text());
  }
  return keys;
}

bool has_entry(const ImageItem& image, const std::optional<Deletion>& ours) {
  return ours && image.deletion && image.deletion->entry == ours->entry;
}

Write of_entry(Write::Kind kind, const Deletion& deletion) {
  Write write{.kind = kind, .key = image_key(deletion.image_id), .condition = "#deletionEntry = :entrySeen"};
  write.values.emplace(":entrySeen", number_value(deletion.entry));
  return write;
}

Write enter(const ImageItem& seen, const Deletion& deletion) {
  Write put = as_seen(Write::Kind::Put, deletion.image_id, seen);
  if (seen.record) put.item = seen.raw;  // it goes on
  write_deletion(put.item, deletion);
  return put;
}

}  // namespace

Result<Deletion> begin_deletion(Database& database, const ImageId& id, UnixTime now, Deadline deadline) {
  std::optional<Deletion> ours;
  for (Turns turns(deadline); turns.next();) {
    const auto image = find_settled(database, id, deadline);
    if (!image) return fail(image.error());
    if (has_entry(*image, ours)) return std::move(*ours);  // the answer was lost
    if (!image->record) return fail(no_such_image());
    ours = new_deletion_of(*image, id, keys_of(*image->record), now);
    Write put = as_seen(Write::Kind::Put, id, *image);
    write_deletion(put.item, *ours);
    const ImageEvent event = event_of(*image->record, ImageEventType::Deleted, now);
    const auto begun = write_with_event(database, std::move(put), event, deadline);
    if (!begun) return fail(begun.error());
    if (*begun == Written::Done) return std::move(*ours);
  }
  return too_many_turns(deadline);
}

Result<std::optional<Deletion>> bury(Database& database, const ImageId& id, std::span<const std::string> keys,
                                     UnixTime now, Deadline deadline) {
  std::optional<Deletion> ours;
  for (Turns turns(deadline); turns.next();) {
    const auto image = find_settled(database, id, deadline);
    if (!image) return fail(image.error());
    if (has_entry(*image, ours)) return ours;  // the answer was lost
    const auto referenced = keys_in_use(database, *image, id, deadline);
    if (!referenced) return fail(referenced.error());
    std::vector<std::string> dead;
    std::ranges::copy_if(keys, std::back_inserter(dead), [&](const std::string& key) { return !referenced->has(key); });
    if (dead.empty()) return std::optional<Deletion>();
    ours = new_deletion_of(*image, id, std::move(dead), now);
    const auto entered = database.write(enter(*image, *ours), deadline);
    if (!entered) return fail(entered.error());
    if (*entered) return ours;
  }
  return too_many_turns(deadline);
}

Result<std::vector<Deletion>> due_deletions(Database& database, UnixTime now, int limit, Deadline deadline) {
  const auto items = due_items(database, Table::Images, DueKind::Step, now, limit, deadline);
  if (!items) return fail(items.error());
  std::vector<Deletion> due;
  for (const Item& item : *items) {
    auto deletion = read_deletion(item);
    if (!deletion) return fail(deletion.error());
    due.push_back(std::move(*deletion));
  }
  return due;
}

// Sent again because its answer was lost it counts twice, which makes the next pause a little longer.
Result<void> postpone_deletion(Database& database, const Deletion& deletion, UnixTime due, Deadline deadline) {
  Write update = of_entry(Write::Kind::Update, deletion);
  update.update = "SET #deletionFailures = #deletionFailures + :one, #deletionDue = :due, #DueSK = :dueSort";
  update.values.emplace(":one", number_value(std::int64_t{1}));
  update.values.emplace(":due", number_value(std::int64_t{due.time_since_epoch().count()}));
  update.values.emplace(":dueSort", text_value(due_sort(due, deletion.image_id.text())));
  const auto postponed = database.write(update, deadline);
  return postponed ? Result<void>() : fail(postponed.error());
}

Result<void> finish_deletion(Database& database, const Deletion& deletion, Deadline deadline) {
  const auto image = find_settled(database, deletion.image_id, deadline);
  if (!image) return fail(image.error());
  if (!image->deletion || image->deletion->entry != deletion.entry) return {};
  if (image->record) {  // which has no other place in the due index: while processing it refers to all keys
    Write update = of_entry(Write::Kind::Update, deletion);
    update.update = "REMOVE #deletionEntry, #deletionKeys, #deletionFailures, #deletionDue, #DuePK, #DueSK";
    const auto finished = database.write(update, deadline);
    return finished ? Result<void>() : fail(finished.error());
  }
  if (auto removed = remove_all_tags(database, deletion.image_id, deadline); !removed) return removed;
  const auto finished = database.write(of_entry(Write::Kind::Delete, deletion), deadline);
  return finished ? Result<void>() : fail(finished.error());
}

}  // namespace tintype::dynamodb
