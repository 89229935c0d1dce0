#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tintype::http {

// `name=value` behind the first ';' of a field like Content-Type. The name is in lower case, the value without quotes.
struct HeaderParameter {
  std::string name;
  std::string value;
};

// The parameters of `field` (RFC 9110 section 5.6.6), in order; nullopt if one is malformed. Lenient where clients in
// use are: white space around '=', values that are no tokens, and a backslash that escapes nothing but '"' and '\', so
// that the paths old browsers send ("C:\photos\a.jpg") survive.
std::optional<std::vector<HeaderParameter>> parse_parameters(std::string_view field);

// What Content-Disposition says of a form's part (RFC 7578 section 4.2).
struct FormDisposition {
  std::string name;
  std::optional<std::string> filename;  // from filename* if that is valid, else from filename
};

// Error: ValidationFailed, with a message for the author of the form, unless `field` is "form-data" with one name.
Result<FormDisposition> parse_form_disposition(std::string_view field);

}  // namespace tintype::http
