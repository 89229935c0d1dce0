// The items that list an image under its tags, IMAGE#{id} / TAG#{tag}. They are an index that the adapter keeps itself,
// and follow the record: an item for a tag that the record does not have is harmless, since listings look at the
// record. Each says for which version of the record it was written, so that who is late takes no newer one away.
#pragma once

#include "adapters/metadata_dynamodb/database.h"
#include "model/image_record.h"

namespace tintype::dynamodb {

// Holds unless a newer version has written it.
Write put_tag(const ImageRecord& record, std::string_view tag);
Result<void> put_tags(Database& database, const ImageRecord& record, Deadline deadline);

// Takes out the item of a tag that `record` does not have any more.
Result<void> remove_tag(Database& database, const ImageRecord& record, std::string_view tag, Deadline deadline);

// Takes out all of an image that is gone.
Result<void> remove_all_tags(Database& database, const ImageId& id, Deadline deadline);

}  // namespace tintype::dynamodb
