#pragma once

#include "adapters/metadata_dynamodb/item.h"
#include "base/result.h"
#include "model/image_record.h"

namespace tintype::dynamodb {

// The attribute that every record has, and nothing else.
inline constexpr std::string_view kRecordMark = "s3Key";

// Makes the attributes of a record, and those that put it into UserIndex and AlbumIndex, what `record` says; all others
// of `item` stay.
void write_record(Item& item, const ImageRecord& record);

// Error: StoreUnavailable, if there is no whole record in it.
Result<ImageRecord> read_record(const Item& item);

// The item that lists `record` under `tag`, without its key.
Item tag_item(const ImageRecord& record, std::string_view tag);

// What is in the store cannot be read: StoreUnavailable, with `what` in the detail.
tl::unexpected<Error> unreadable(std::string_view what);

}  // namespace tintype::dynamodb
