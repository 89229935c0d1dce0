// How an event gets into the log together with the step that it tells of. With transactions, both are one. Without, the
// step leaves the event in the image's item, its outbox, from where it goes into the log; a crash in between loses
// nothing, because whoever changes the image next sends what is there first.
#pragma once

#include "adapters/metadata_dynamodb/image_item.h"

namespace tintype::dynamodb {

// Writes the item of an image, `put`, and the event. An error after `put` was done: the event is in the outbox.
Result<Written> write_with_event(Database& database, Write put, const ImageEvent& event, Deadline deadline);

// The image's item, as find_image, with nothing in its outbox. For all who write an item in place of what they found.
Result<ImageItem> find_settled(Database& database, const ImageId& id, Deadline deadline);

// Puts the event into the log, unless it is there.
Result<void> log_once(Database& database, const ImageEvent& event, Deadline deadline);

}  // namespace tintype::dynamodb
