// The item of an upload, TOKEN#{user}#{token} / METADATA.
#pragma once

#include "adapters/metadata_dynamodb/database.h"
#include "model/image_record.h"
#include "model/upload_claim.h"

namespace tintype::dynamodb {

enum class ClaimStatus {
  Pending,    // held
  Failed,     // released: a retry may take it
  Completed,  // answers with its record
  Expired,    // fenced off, while its image's item is not in the journal of deletions yet; never with transactions
};
std::string_view claim_status_name(ClaimStatus status);  // "PENDING" and so on

struct StoredClaim {
  UploadClaim claim;
  ClaimStatus status = ClaimStatus::Pending;
  // Completed, but the image's item may not be the record yet; never with transactions. Until when the claim is to be
  // remembered then.
  std::optional<UnixTime> unpublished = {};
  Item result = {};  // of a completed one: the attributes of the record

  bool is(ClaimStatus wanted) const { return status == wanted; }
};

// Consistent; nullopt if there is none.
Result<std::optional<StoredClaim>> find_claim(Database& database, const UserId& user, const IdempotencyToken& token,
                                              Deadline deadline);
Result<StoredClaim> read_claim(const Item& item);

// Writes `claim` as a held one. `seen`: the completed claim in whose place it comes; null if there must be none.
Write put_claim(const UploadClaim& claim, const StoredClaim* seen);

// A step of the claim that holds only for its holder, and while it has the status.
Write of_holder(Write::Kind kind, const UploadClaim& claim, ClaimStatus status);
// One that holds only if holder, due and status are still as seen.
Write of_seen(Write::Kind kind, const StoredClaim& seen);

// Add to the SET clause of an update, which must not have another clause yet: status, and when it is due.
void set_status(Write& update, ClaimStatus status);
void set_due(Write& update, const ImageId& id, UnixTime due);

}  // namespace tintype::dynamodb
