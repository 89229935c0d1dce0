#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "ports/metadata_store.h"

namespace tintype::http {

// An opaque place in a listing: base64url of a version byte, the order, a fingerprint of the filters, the position.
// It is no secret and grants nothing, since a listing is always the caller's own.
std::string encode_cursor(const ListQuery& query, const ListPosition& position);

// Error: InvalidCursor if `text` was not made by encode_cursor for the same albumId, tag and sortOrder.
Result<ListPosition> decode_cursor(const ListQuery& query, std::string_view text);

}  // namespace tintype::http
