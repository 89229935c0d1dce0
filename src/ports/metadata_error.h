// What every MetadataStore answers when something is not as the caller wants it: clients are to read the same words,
// whatever the adapter.
#pragma once

#include <cstdint>

#include "base/error.h"

namespace tintype {

Error no_such_image();                         // NotFound
Error claim_lost();                            // ClaimLost
Error upload_in_progress();                    // UploadInProgress
Error idempotency_mismatch();                  // IdempotencyMismatch
Error version_mismatch(std::int64_t current);  // VersionMismatch, with the member "currentVersion"

}  // namespace tintype
