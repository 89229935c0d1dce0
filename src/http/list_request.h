#pragma once

#include "http/request.h"
#include "ports/metadata_store.h"

namespace tintype::http {

// What GET /images?limit=&cursor=&albumId=&sortOrder=&tag= asks for. Errors: ValidationFailed naming the parameter,
// InvalidCursor.
Result<ListQuery> list_query(const Request& request);

}  // namespace tintype::http
