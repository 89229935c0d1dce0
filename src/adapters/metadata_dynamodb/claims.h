// The claims of uploads: the methods of MetadataStore that have these names.
#pragma once

#include "adapters/metadata_dynamodb/database.h"
#include "ports/metadata_store.h"

namespace tintype::dynamodb {

Result<ClaimOutcome> claim(Database& database, const UploadClaim& wanted, UnixTime now, Deadline deadline);
Result<void> renew(Database& database, const UploadClaim& claim, UnixTime due, Deadline deadline);
Result<void> release(Database& database, const UploadClaim& claim, UnixTime due, Deadline deadline);
Result<void> complete(Database& database, const UploadClaim& claim, const ImageRecord& record,
                      UnixTime remembered_until, Deadline deadline);

}  // namespace tintype::dynamodb
