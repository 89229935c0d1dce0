#pragma once

#include "base/result.h"
#include "model/image_record.h"

namespace tintype {

// ValidationFailed: "<field> <problem>", with a member "field" that names the field as the API spells it.
tl::unexpected<Error> invalid_field(std::string_view field, std::string_view problem);

// Checks what the owner wrote against limits.h and against UTF-8. Control characters are refused, but for tab and new
// line in a description. Tags must be distinct and not empty.
// Error: ValidationFailed; the message and a member "field" name the field as the API spells it.
Result<void> validate(const ImageText& text);

// The last path component of what a client called the file, cut to kMaxFilename code points, without control
// characters; "upload" if nothing is left. Never an error: the name is only shown.
std::string clean_filename(std::string_view claimed);

}  // namespace tintype
