#include "http/request.h"

namespace tintype::http {

std::optional<std::string_view> Request::parameter(std::string_view name) const {
  for (const Parameter& entry : query) {
    if (entry.name == name) return entry.value;
  }
  return std::nullopt;
}

}  // namespace tintype::http
