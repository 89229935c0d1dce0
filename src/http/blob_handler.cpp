#include "http/blob_handler.h"

#include "base/text.h"
#include "http/byte_range.h"
#include "http/conditional_request.h"
#include "http/error_response.h"

namespace tintype::http {
namespace {

std::string blob_etag(const BlobKey& key) {
  return '"' + key.image().text() + (key.variant() == Variant::Thumbnail ? "-thumbnail\"" : "-main\"");
}

// RFC 9110 section 13.1.5: a range counts only if the client's copy is this one. Dates never match: no Last-Modified is
// sent.
bool range_applies(const Request& request, std::string_view etag) {
  const std::string_view if_range = request.headers.get("If-Range");
  return if_range.empty() || if_range == etag;
}

Response range_response(OpenBlob blob, const Request& request, const std::string& etag) {
  const std::uint64_t size = blob.bytes->size();
  const ByteRange range = range_applies(request, etag) ? parse_range(request.headers.get("Range"), size) : ByteRange{};
  if (range.kind == ByteRange::Kind::Unsatisfiable) {
    Response response =
        problem(416, "RANGE_NOT_SATISFIABLE", "the blob has " + std::to_string(size) + " bytes", request.id);
    response.set("Content-Range", "bytes */" + std::to_string(size));
    return response;
  }
  Response response;
  response.set("Content-Type", blob.meta.content_type);
  response.set("Accept-Ranges", "bytes");
  response.set("X-Content-Type-Options", "nosniff");
  SourceBody body{std::move(blob.bytes), 0, size};
  if (range.kind == ByteRange::Kind::Part) {
    response.status = 206;
    response.set("Content-Range", "bytes " + std::to_string(range.first) + '-' + std::to_string(range.last) + '/' +
                                      std::to_string(size));
    body.offset = range.first;
    body.length = range.last - range.first + 1;
  }
  response.body = std::move(body);
  return response;
}

// 302 and not 301: the next one leads elsewhere.
Response redirect(std::string location, std::string cache_control) {
  Response response{.status = 302};
  response.set("Location", std::move(location));
  response.set("Cache-Control", std::move(cache_control));
  return response;
}

}  // namespace

bool BlobHandler::may_read(const Request& request, std::string_view user_component) const {
  return !owner_only_ || (request.user && request.user->key_component() == user_component);
}

void BlobHandler::set_caching(Response& response, const std::string& etag) const {
  response.set("ETag", etag);
  response.set("Cache-Control",
               owner_only_ ? "private, max-age=31536000, immutable" : "public, max-age=31536000, immutable");
}

std::optional<Response> BlobHandler::get_at_once(Request& request) {
  const auto key = BlobKey::parse(request.captured);
  if (!key || !may_read(request, key->user_component())) return std::nullopt;
  if (auto answer = not_modified(request, *key)) return answer;
  // What is answered before a body is read costs the connection.
  if (delivery_.way != BlobDelivery::Way::Proxy || request.has_body) return std::nullopt;
  auto blob = blobs_.open_at_once(key->text());
  if (!blob) return std::nullopt;
  return answer_with(std::move(*blob), request, *key);
}

// "*" asks whether the blob exists: that takes the store.
std::optional<Response> BlobHandler::not_modified(const Request& request, const BlobKey& key) const {
  const std::string_view condition = request.headers.get("If-None-Match");
  if (condition.empty() || trim(condition) == "*") return std::nullopt;
  const std::string etag = blob_etag(key);
  if (!if_none_match(condition, etag)) return std::nullopt;
  Response response{.status = 304};
  set_caching(response, etag);
  return response;
}

Response BlobHandler::get(Request& request) {
  const auto key = BlobKey::parse(request.captured);
  if (!key) return error_response({ErrorCode::NotFound, "there is no blob with this key"}, request.id);
  if (!may_read(request, key->user_component())) {
    return error_response({ErrorCode::NotAuthorized, "this blob belongs to another user"}, request.id);
  }
  switch (delivery_.way) {
    case BlobDelivery::Way::Redirect:
      return redirect_to_store(request, *key);
    case BlobDelivery::Way::PublicUrl:
      // Keys need no escapes in a URL (model/blob_key.h).
      return redirect(delivery_.public_url + '/' + key->text(), "public, max-age=3600");
    case BlobDelivery::Way::Proxy:
      break;
  }
  return deliver(request, *key);
}

// A cache may keep the redirect for half of the time that its URL works. The other half is for who follows it late, and
// for clocks that differ. It holds a signature: no cache that others ask may keep it.
Response BlobHandler::redirect_to_store(const Request& request, const BlobKey& key) {
  const UrlUse use = request.method == "HEAD" ? UrlUse::Head : UrlUse::Get;
  auto url = blobs_.url(key.text(), use, delivery_.url_lifetime, request.deadline);
  if (!url) return error_response(url.error(), request.id);
  if (!*url) return deliver(request, key);
  return redirect(std::move((*url)->text), "private, max-age=" + std::to_string((*url)->lifetime.count() / 2));
}

Response BlobHandler::deliver(const Request& request, const BlobKey& key) {
  auto blob = blobs_.open(key.text(), request.deadline);
  if (!blob) return error_response(blob.error(), request.id);
  return answer_with(std::move(*blob), request, key);
}

Response BlobHandler::answer_with(OpenBlob blob, const Request& request, const BlobKey& key) const {
  const std::string etag = blob_etag(key);
  if (trim(request.headers.get("If-None-Match")) == "*") {
    Response response{.status = 304};
    set_caching(response, etag);
    return response;
  }
  Response response = range_response(std::move(blob), request, etag);
  if (response.status < 400) set_caching(response, etag);
  return response;
}

}  // namespace tintype::http
