// The item of an image, IMAGE#{id} / METADATA, which is one of:
//   claimed   an upload is under way: it names the upload's claim, and has no record;
//   record    with the image's attributes; one that is processing is in the due index by its redrive_at;
//   deletion  an entry of the journal of deletions, with or without a record beside it.
// It is absent before and after. All that can happen to an image is a step from one to the next in this one item, each
// conditional on what was there; so that each step is atomic on engines without transactions, too.
#pragma once

#include <optional>

#include "adapters/metadata_dynamodb/database.h"
#include "model/image_event.h"
#include "ports/metadata_store.h"

namespace tintype::dynamodb {

// Which upload an image belongs to, while it is one.
struct UploadName {
  UserId user;
  IdempotencyToken token;
};

struct ImageItem {
  Item raw = {};  // empty: absent
  std::optional<ImageRecord> record = {};
  std::optional<UploadName> claimed_by = {};
  std::optional<Deletion> deletion = {};
  std::optional<ImageEvent> outbox = {};  // outbox.h
};

// Consistent. Errors: those of Database, and StoreUnavailable if it cannot be read.
Result<ImageItem> find_image(Database& database, const ImageId& id, Deadline deadline);

Result<ImageItem> read_image(Item item);
Result<Deletion> read_deletion(const Item& item);

// A Put or Update of the image's item that holds only if the record, claim and journal entry are still those of `seen`.
Write as_seen(Write::Kind kind, const ImageId& id, const ImageItem& seen);

// The item of an image that is claimed by the upload.
Write put_claimed(const UploadClaim& claim);

// Makes the record that of the item, and gives it its place in the due index, unless the item is in the journal, too.
void write_image_record(Item& item, const ImageRecord& record);

// Makes the entry one of the journal, in the item and in its due index.
void write_deletion(Item& item, const Deletion& deletion);

// An entry that no other has the number of.
Deletion new_deletion(const ImageId& id, std::vector<std::string> keys, UnixTime now);
// The same, also with the keys of the entry that the image has.
Deletion new_deletion_of(const ImageItem& image, const ImageId& id, std::vector<std::string> keys, UnixTime now);

}  // namespace tintype::dynamodb
