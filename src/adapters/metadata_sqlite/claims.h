#pragma once

#include "adapters/sqlite/connection.h"
#include "ports/metadata_store.h"

namespace tintype::sqlite {

// The journal of uploads. Results and errors are those of MetadataStore's methods of the same name. All but due_claims
// take several statements: call within a transaction, and roll back to where it began if one fails.
Result<ClaimOutcome> claim(Connection& connection, const UploadClaim& wanted, UnixTime now);
Result<void> renew(Connection& connection, const UploadClaim& claim, UnixTime due);
Result<void> complete(Connection& connection, const UploadClaim& claim, const ImageRecord& record,
                      UnixTime remembered_until);
Result<void> release(Connection& connection, const UploadClaim& claim, UnixTime due);
Result<std::vector<UploadClaim>> due_claims(Connection& connection, UnixTime now, int limit);
Result<std::optional<Deletion>> expire(Connection& connection, const UploadClaim& claim, UnixTime now);

}  // namespace tintype::sqlite
