#pragma once

#include <string_view>

namespace tintype::http {

// docs/openapi.yaml as it was when this was built.
std::string_view openapi_document();

}  // namespace tintype::http
