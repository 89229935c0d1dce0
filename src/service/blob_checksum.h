#pragma once

#include <string>
#include <string_view>

#include "ports/blob_store.h"

namespace tintype {

// The SHA-256 of a stored blob, 64 lower-case hex digits, read in pieces. Errors: those of BlobStore::open and of
// ByteSource::read_at.
Result<std::string> sha256_of_blob(BlobStore& blobs, std::string_view key, Deadline deadline);

}  // namespace tintype
