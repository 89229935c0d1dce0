#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tintype::aws {

// HTTP header fields or query parameters, name and value, in the order in which they are sent or came.
using Fields = std::vector<std::pair<std::string, std::string>>;

// The value of the first field called `name` in any case (RFC 9110 section 5.1); null if there is none. The pointer is
// valid until `fields` changes.
const std::string* find_field(const Fields& fields, std::string_view name);

// The same, with "" for none.
std::string_view field_or_empty(const Fields& fields, std::string_view name);

}  // namespace tintype::aws
