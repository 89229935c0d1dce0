#include "http/image_handlers.h"

#include "base/text.h"
#include "http/bounded_body.h"
#include "http/conditional_request.h"
#include "http/error_response.h"
#include "http/idempotency_header.h"
#include "http/image_fields.h"
#include "http/image_json.h"
#include "http/list_request.h"
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

void set_caching(Response& response, std::int64_t version) {
  response.set("ETag", version_etag(version));
  response.set("Cache-Control", "private, no-cache");
}

Response with_body(const CachedAnswer& answer) {
  Response response;
  response.set("Content-Type", "application/json");
  response.body = SharedText{answer.bytes(), answer.body()};
  return response;
}

Response list_response(const CachedAnswer& answer) {
  Response response = with_body(answer);
  response.set("Cache-Control", "private, no-cache");
  return response;
}

Response image_response(const Request& request, const Result<CachedAnswer>& answer) {
  if (!answer) return error_response(answer.error(), request.id);
  const bool is_known = if_none_match(request.headers.get("If-None-Match"), version_etag(answer->version()));
  Response response = is_known ? Response{.status = 304} : with_body(*answer);
  set_caching(response, answer->version());
  return response;
}

}  // namespace

Response ImageHandlers::record_response(int status, const ImageRecord& record) const {
  Response response = json_response(status, renderer_.image(record));
  set_caching(response, record.version);
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
  response.engine_time = uploaded->engine_time;
  return response;
}

Response ImageHandlers::list(Request& request) {
  auto query = list_query(request);
  if (!query) return error_response(query.error(), request.id);
  auto answer = reads_.list(*query, request.deadline);
  return answer ? list_response(*answer) : error_response(answer.error(), request.id);
}

std::optional<Response> ImageHandlers::list_at_once(Request& request) {
  const auto query = list_query(request);
  if (!query) return error_response(query.error(), request.id);
  const auto answer = reads_.list_at_once(*query);
  return answer ? std::optional(list_response(*answer)) : std::nullopt;
}

bool ImageHandlers::list_soon(Request& request, std::function<void(std::optional<Response>)> done) {
  const auto query = list_query(request);
  if (!query) return false;
  return reads_.list_soon(*query, [done = std::move(done)](const std::optional<CachedAnswer>& answer) {
    done(answer ? std::optional(list_response(*answer)) : std::nullopt);
  });
}

Response ImageHandlers::get(Request& request) {
  auto id = image_id(request);
  if (!id) return error_response(id.error(), request.id);
  return image_response(request, reads_.image(*request.user, *id, request.deadline));
}

std::optional<Response> ImageHandlers::get_at_once(Request& request) {
  const auto id = image_id(request);
  if (!id) return error_response(id.error(), request.id);
  const auto answer = reads_.image_at_once(*request.user, *id);
  return answer ? std::optional(image_response(request, *answer)) : std::nullopt;
}

bool ImageHandlers::get_soon(Request& request, std::function<void(std::optional<Response>)> done) {
  const auto id = image_id(request);
  if (!id) return false;
  return reads_.image_soon(*request.user, *id,
                           [&request, done = std::move(done)](const std::optional<Result<CachedAnswer>>& answer) {
                             done(answer ? std::optional(image_response(request, *answer)) : std::nullopt);
                           });
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
