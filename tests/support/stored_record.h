#pragma once

#include "ports/metadata_store.h"

namespace tintype::testing_support {

// The claim that an upload of `record` would have, with a token made from the image's id.
UploadClaim claim_for(const ImageRecord& record);

// Puts `record` into the store as an upload does: claims, then completes.
Result<void> add_record(MetadataStore& store, const ImageRecord& record,
                        Deadline deadline = Deadline::after(std::chrono::seconds(30)));

}  // namespace tintype::testing_support
