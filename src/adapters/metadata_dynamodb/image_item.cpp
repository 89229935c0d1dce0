#include "adapters/metadata_dynamodb/image_item.h"

#include "adapters/metadata_dynamodb/event_item.h"
#include "adapters/metadata_dynamodb/keys.h"
#include "adapters/metadata_dynamodb/record_item.h"
#include "base/random.h"

namespace tintype::dynamodb {
namespace {

// Adds "#name = :name", or that there is none, to a condition.
void require_same(Write& write, const Item& seen, const std::string& name) {
  if (!write.condition.empty()) write.condition += " AND ";
  const auto* const value = seen.if_contains(name);
  if (value == nullptr) {
    write.condition += "attribute_not_exists(#" + name + ")";
    return;
  }
  write.condition += "#" + name + " = :" + name + "Seen";
  write.values.insert_or_assign(":" + name + "Seen", *value);
}

}  // namespace

Result<ImageItem> find_image(Database& database, const ImageId& id, Deadline deadline) {
  auto item = database.get(image_key(id), deadline);
  if (!item) return fail(item.error());
  return read_image(*item ? std::move(**item) : Item());
}

Result<ImageItem> read_image(Item item) {
  ImageItem image;
  if (item.contains(kRecordMark)) {
    auto record = read_record(item);
    if (!record) return fail(record.error());
    image.record = std::move(*record);
  }
  if (item.contains("deletionEntry")) {
    auto deletion = read_deletion(item);
    if (!deletion) return fail(deletion.error());
    image.deletion = std::move(*deletion);
  }
  if (item.contains("uploadToken")) {
    const auto user = UserId::parse(text_of(item, "uploadUserId").value_or(""));
    const auto token = IdempotencyToken::parse(text_of(item, "uploadToken").value_or(""));
    if (!user || !token) return unreadable("the upload of an image");
    image.claimed_by = UploadName{*user, *token};
  }
  if (const Item* const outbox = map_of(item, kOutbox)) {
    auto event = read_event(*outbox);
    if (!event) return fail(event.error());
    image.outbox = std::move(*event);
  }
  image.raw = std::move(item);
  return image;
}

Result<Deletion> read_deletion(const Item& item) {
  const auto id = ImageId::parse(text_of(item, "imageId").value_or(""));
  auto keys = list_of(item, "deletionKeys");
  const auto entry = number_of(item, "deletionEntry");
  const auto failures = number_of(item, "deletionFailures");
  const auto due = number_of(item, "deletionDue");
  if (!id || !keys || !entry || !failures || !due) {
    return unreadable("the deletion of image " + text_of(item, "imageId").value_or("?"));
  }
  return Deletion{.image_id = *id,
                  .blob_keys = std::move(*keys),
                  .entry = *entry,
                  .failures = static_cast<int>(*failures),
                  .due = UnixTime(UnixTime::duration(*due))};
}

Write as_seen(Write::Kind kind, const ImageId& id, const ImageItem& seen) {
  Write write{.kind = kind, .key = image_key(id)};
  for (const char* name : {"version", "thumbnailVersion", "redrives", "uploadToken", "deletionEntry"}) {
    require_same(write, seen.raw, name);
  }
  return write;
}

Write put_claimed(const UploadClaim& claim) {
  Write put{.kind = Write::Kind::Put, .key = image_key(claim.image_id), .condition = "attribute_not_exists(#PK)"};
  set_text(put.item, "imageId", claim.image_id.text());
  set_text(put.item, "uploadUserId", claim.user.text());
  set_text(put.item, "uploadToken", claim.token.text());
  return put;
}

void write_image_record(Item& item, const ImageRecord& record) {
  write_record(item, record);
  if (item.contains("deletionEntry")) return;
  const bool is_watched = record.status == ProcessingStatus::Processing && record.redrive_at;
  set_text(item, kDueIndex.partition,
           is_watched ? std::optional(due_partition(DueKind::Derivation, record.image_id)) : std::nullopt);
  set_text(item, kDueIndex.sort,
           is_watched ? std::optional(due_sort(*record.redrive_at, record.image_id.text())) : std::nullopt);
}

void write_deletion(Item& item, const Deletion& deletion) {
  set_text(item, "imageId", deletion.image_id.text());
  item.insert_or_assign("deletionKeys", list_value(deletion.blob_keys));
  item.insert_or_assign("deletionEntry", number_value(deletion.entry));
  item.insert_or_assign("deletionFailures", number_value(std::int64_t{deletion.failures}));
  item.insert_or_assign("deletionDue", number_value(std::int64_t{deletion.due.time_since_epoch().count()}));
  set_text(item, kDueIndex.partition, due_partition(DueKind::Step, deletion.image_id));
  set_text(item, kDueIndex.sort, due_sort(deletion.due, deletion.image_id.text()));
}

Deletion new_deletion(const ImageId& id, std::vector<std::string> keys, UnixTime now) {
  std::int64_t number = 0;
  fill_random(std::as_writable_bytes(std::span(&number, 1)));
  return {.image_id = id, .blob_keys = std::move(keys), .entry = number & INT64_MAX, .due = now};
}

Deletion new_deletion_of(const ImageItem& image, const ImageId& id, std::vector<std::string> keys, UnixTime now) {
  if (!image.deletion) return new_deletion(id, std::move(keys), now);
  for (const std::string& key : image.deletion->blob_keys) {
    if (std::ranges::find(keys, key) == keys.end()) keys.push_back(key);
  }
  return new_deletion(id, std::move(keys), now);
}

}  // namespace tintype::dynamodb
