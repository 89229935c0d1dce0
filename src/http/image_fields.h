#pragma once

#include <string_view>
#include <vector>

#include "http/request.h"
#include "model/image_record.h"
#include "service/update_image.h"

namespace tintype::http {

// The text of an upload from form fields or query parameters: albumId, title, description, altText, and tags as
// repeated `tags` or `tags[]` or one JSON array. An empty value is an absent one; other names are ignored, as forms
// often carry some. Error: ValidationFailed (tags that are no JSON array of strings, a field given twice).
Result<ImageText> image_text_from_fields(const std::vector<Parameter>& fields);

// The body of PATCH /images/{id}: an object with any of title, description, altText, albumId (string or null), tags
// (array of strings or null) and version (integer). Error: ValidationFailed; an unknown member is one, since a misspelt
// change would otherwise be lost.
Result<ImagePatch> image_patch_from_json(std::string_view body);

}  // namespace tintype::http
