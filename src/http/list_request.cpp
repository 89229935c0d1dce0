#include "http/list_request.h"

#include "base/text.h"
#include "http/image_fields.h"
#include "http/list_cursor.h"
#include "model/validation.h"

namespace tintype::http {
namespace {

// A filter may be anything that a stored value may be; more would find nothing.
std::optional<std::string> filter(const Request& request, std::string_view name) {
  const auto value = request.parameter(name);
  if (!value || value->empty()) return std::nullopt;
  return std::string(*value);
}

}  // namespace

Result<ListQuery> list_query(const Request& request) {
  ListQuery query{.user = *request.user};
  query.album_id = filter(request, "albumId");
  query.tag = filter(request, "tag");
  if (const auto limit = request.parameter("limit")) {
    const auto number = parse_unsigned(*limit);
    if (!number || *number < 1 || *number > 100) return invalid_field("limit", "must be a number from 1 to 100");
    query.limit = static_cast<int>(*number);
  }
  if (const auto order = request.parameter("sortOrder")) {
    if (*order != "asc" && *order != "desc") return invalid_field("sortOrder", "must be asc or desc");
    query.order = *order == "asc" ? SortOrder::OldestFirst : SortOrder::NewestFirst;
  }
  if (const auto cursor = request.parameter("cursor"); cursor && !cursor->empty()) {
    auto position = decode_cursor(query, *cursor);
    if (!position) return fail(position.error());
    query.after = *position;
  }
  return query;
}

}  // namespace tintype::http
