#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/request.h"

namespace tintype::http {

// application/x-www-form-urlencoded as browsers send it in a query: `+` is a space (WHATWG URL, section 5.1).
// Error: ValidationFailed for a malformed escape or more than 64 parameters.
Result<std::vector<Parameter>> parse_query(std::string_view query);

}  // namespace tintype::http
