#pragma once

#include <string>
#include <string_view>

#include "adapters/aws/fields.h"

namespace tintype::aws {

// Everything but the unreserved characters of RFC 3986 section 2.3 as %XX in upper case, as Signature Version 4
// demands.
std::string uri_encode(std::string_view text);
// The same, but '/' stays.
std::string uri_encode_path(std::string_view path);

// Without empty and "." segments, and with ".." resolved (RFC 3986 section 5.2.4); begins with '/'.
std::string normalise_path(std::string_view path);

// "a=1&b=" of decoded parameters: encoded, sorted by encoded name, then by encoded value.
std::string canonical_query(const Fields& query);

}  // namespace tintype::aws
