// How a claim ends without a record: its image goes to the journal of deletions.
#pragma once

#include "adapters/metadata_dynamodb/claim_item.h"
#include "ports/metadata_store.h"

namespace tintype::dynamodb {

// The methods of MetadataStore that have these names. due_claims also publishes completed claims that it comes upon
// and whose image has not followed (publication.h): these are not given.
Result<std::vector<UploadClaim>> due_claims(Database& database, UnixTime now, int limit, Deadline deadline);
Result<std::optional<Deletion>> expire(Database& database, const UploadClaim& claim, UnixTime now, Deadline deadline);

// Goes on where an expiry was cut off: `expired` has that status.
Result<Deletion> end_expired(Database& database, const StoredClaim& expired, UnixTime now, Deadline deadline);

}  // namespace tintype::dynamodb
