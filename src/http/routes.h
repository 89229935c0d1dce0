#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/request.h"
#include "http/response.h"

namespace tintype::http {

// Where a handler runs.
enum class Lane {
  Inline,  // on the I/O thread: it must not block
  Store,   // a thread that may wait for a store
  Upload,  // a thread that may be busy for seconds; few of them
};

// Who may call.
enum class Access {
  Anyone,
  User,        // a valid bearer token
  BlobReader,  // decided by TINTYPE_BLOB_ACCESS
};

enum class BodyKind { None, Json, Upload };

struct Route {
  std::string_view method;  // HEAD goes to the route of GET
  std::string_view path;    // "/images/{id}/events"; "{key...}" takes the rest with its slashes. At most one {…}
  Lane lane;
  Access access;
  BodyKind body;
  std::function<Response(Request&)> handle;
  // If set, tried first on the I/O thread; answers only what needs no store.
  std::function<std::optional<Response>(Request&)> answer_at_once = {};
  // If set, tried next, on the I/O thread too: true if it has begun and will call `done` once, on any thread, with the
  // answer, or with nothing if it takes the handler to answer. For requests without a body. The request outlives it.
  std::function<bool(Request&, std::function<void(std::optional<Response>)> done)> answer_soon = {};
};

class BlobHandler;
class EventHandlers;
class ImageHandlers;
class ImageWait;
class SystemHandlers;

// THE table: every path that the service answers.
std::vector<Route> make_routes(ImageHandlers& images, ImageWait& waits, EventHandlers& events, BlobHandler& blobs,
                               SystemHandlers& system);

// What a method and an encoded path lead to.
struct RouteMatch {
  const Route* route = nullptr;  // null: no such path, or `allow` says which methods it has
  std::string captured;          // decoded
  std::string allow;             // "GET, HEAD, DELETE" if the path exists but the method does not
};
RouteMatch match_route(std::span<const Route> routes, std::string_view method, std::string_view path);

}  // namespace tintype::http
