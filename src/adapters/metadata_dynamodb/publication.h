// How an upload is committed: its claim becomes completed, and its image's item the record.
#pragma once

#include "adapters/metadata_dynamodb/claim_item.h"
#include "base/deadline.h"

namespace tintype::dynamodb {

// In one transaction. False: the claim is not held by claim.holder. Internal: the image's item is not that of this
// claim.
Result<bool> complete_together(Database& database, const UploadClaim& claim, const ImageRecord& record,
                               UnixTime remembered_until, Deadline deadline);

// The claim, then the image's item. False as above. Once the claim is written the upload is committed: an error after
// that is one of publish, which will be done by whoever comes upon the claim.
Result<bool> complete_in_steps(Database& database, const UploadClaim& claim, const ImageRecord& record,
                               UnixTime remembered_until, Deadline deadline);

// Makes the image's item, and the event, follow a completed claim, if they have not. Any number may do it at one time;
// done again it does nothing, also when the image was changed or deleted since.
Result<void> publish(Database& database, const StoredClaim& completed, Deadline deadline);

}  // namespace tintype::dynamodb
