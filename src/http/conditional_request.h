#pragma once

#include <string_view>

namespace tintype::http {

// RFC 9110 section 13.1.2: true if If-None-Match names `etag` (weak comparison) or is "*". `etag` with its quotes.
// A malformed header matches nothing.
bool if_none_match(std::string_view header, std::string_view etag);

// RFC 9110 section 13.1.1: true if If-Match names `etag` (strong comparison) or is "*".
bool if_match(std::string_view header, std::string_view etag);

}  // namespace tintype::http
