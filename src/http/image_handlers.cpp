#include "http/image_handlers.h"

#include "base/text.h"
#include "http/bounded_body.h"
#include "http/conditional_request.h"
#include "http/error_response.h"
#include "http/idempotency_header.h"
#include "http/image_fields.h"
#include "http/image_json.h"
#include "http/list_cursor.h"
#include "http/upload_body.h"
#include "model/validation.h"

namespace tintype::http {
namespace {

// An id that cannot be one is an image that is not there.
Result<ImageId> image_id(const Request& request) {
  auto id = ImageId::parse(request.captured);
  if (!id) return fail(ErrorCode::NotFound, "there is no image with this id");
  return *id;
}

// A filter may be anything that a stored value may be; more would find nothing.
std::optional<std::string> filter(const Request& request, std::string_view name) {
  const auto value = request.parameter(name);
  if (!value || value->empty()) return std::nullopt;
  return std::string(*value);
}

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

// If-Match stands in for `version`; "*" asks for no particular one. A tag that is not of our making matches no version.
Result<void> apply_if_match(ImagePatch& patch, std::string_view if_match_header) {
  constexpr std::int64_t kNoSuchVersion = 0;
  if (if_match_header.empty()) {
    if (!patch.expected_version)
      return invalid_field("version", "is missing: send the version you have seen, or If-Match");
    return {};
  }
  if (trim(if_match_header) == "*") return {};
  std::string_view tag = trim(if_match_header);
  std::optional<std::uint64_t> version;
  if (tag.starts_with("\"v") && tag.ends_with('"') && tag.size() > 3)
    version = parse_unsigned(tag.substr(2, tag.size() - 3));
  const auto from_header = version ? static_cast<std::int64_t>(*version) : kNoSuchVersion;
  if (patch.expected_version && *patch.expected_version != from_header)
    return invalid_field("version", "differs from If-Match");
  patch.expected_version = from_header;
  return {};
}

}  // namespace

Response ImageHandlers::record_response(int status, const ImageRecord& record) const {
  Response response = json_response(status, image_json(record, blob_base_url_));
  response.set("ETag", record_etag(record));
  response.set("Cache-Control", "private, no-cache");
  return response;
}

// With the token in every answer, a client that sent none can still send this upload again.
Response ImageHandlers::upload(Request& request) {
  auto token = idempotency_token(request.headers);
  if (!token) return error_response(token.error(), request.id);
  Response response = upload_with(*token, request);
  response.set("Idempotency-Token", token->text());
  return response;
}

Response ImageHandlers::upload_with(const IdempotencyToken& token, Request& request) {
  auto& body = static_cast<UploadBody&>(*request.body);  // the route's BodyKind says so
  auto text = body.text();
  if (!text) return error_response(text.error(), request.id);
  auto file = body.file();
  if (!file) return error_response(file.error(), request.id);
  auto uploaded = upload_.run({*request.user, token, *file, body.filename(), std::move(*text), body.file_descriptor()},
                              request.deadline);
  if (!uploaded) return error_response(uploaded.error(), request.id);
  Response response = record_response(uploaded->replayed ? 200 : 201, uploaded->record);
  response.set("Location", "/images/" + uploaded->record.image_id.text());
  if (uploaded->replayed) response.set("Idempotency-Replayed", "true");
  response.cold_start = uploaded->cold_start;
  return response;
}

Response ImageHandlers::list(Request& request) {
  auto query = list_query(request);
  if (!query) return error_response(query.error(), request.id);
  auto page = metadata_.list(*query, request.deadline);
  if (!page) return error_response(page.error(), request.id);
  Response response = json_response(200, image_list_json(*page, *query, blob_base_url_));
  response.set("Cache-Control", "private, no-cache");
  return response;
}

Response ImageHandlers::get(Request& request) {
  auto id = image_id(request);
  if (!id) return error_response(id.error(), request.id);
  auto record = get_.run(*request.user, *id, request.deadline);
  if (!record) return error_response(record.error(), request.id);
  if (if_none_match(request.headers.get("If-None-Match"), record_etag(*record))) {
    Response response{.status = 304};
    response.set("ETag", record_etag(*record));
    response.set("Cache-Control", "private, no-cache");
    return response;
  }
  return record_response(200, *record);
}

Response ImageHandlers::update(Request& request) {
  auto id = image_id(request);
  if (!id) return error_response(id.error(), request.id);
  auto patch = image_patch_from_json(static_cast<BoundedBody&>(*request.body).text());
  if (!patch) return error_response(patch.error(), request.id);
  if (auto versioned = apply_if_match(*patch, request.headers.get("If-Match")); !versioned)
    return error_response(versioned.error(), request.id);
  auto record = update_.run(*request.user, *id, *patch, request.deadline);
  if (!record) return error_response(record.error(), request.id);
  return record_response(200, *record);
}

Response ImageHandlers::remove(Request& request) {
  auto id = image_id(request);
  if (!id) return Response{.status = 204};  // what cannot exist is gone
  if (auto removed = delete_.run(*request.user, *id, request.deadline); !removed)
    return error_response(removed.error(), request.id);
  return Response{.status = 204};
}

}  // namespace tintype::http
