#include "http/routes.h"

#include "base/text.h"
#include "http/blob_handler.h"
#include "http/event_handlers.h"
#include "http/image_handlers.h"
#include "http/image_wait.h"
#include "http/system_handlers.h"

namespace tintype::http {
namespace {

// Binds a member function to its object: the handler column of the table.
template <typename Handlers, typename Answer>
std::function<Answer(Request&)> to(Handlers& handlers, Answer (Handlers::*method)(Request&)) {
  return [&handlers, method](Request& request) { return (handlers.*method)(request); };
}

template <typename Handlers>
auto soon(Handlers& handlers, bool (Handlers::*method)(Request&, std::function<void(std::optional<Response>)>)) {
  return [&handlers, method](Request& request, std::function<void(std::optional<Response>)> done) {
    return (handlers.*method)(request, std::move(done));
  };
}

// What `{…}` in `pattern` stands for in `path`; nullopt if they do not match. At most one {…}; {…...} only at the end.
std::optional<std::string> capture(std::string_view pattern, std::string_view path) {
  const std::size_t brace = pattern.find('{');
  if (brace == std::string_view::npos) return pattern == path ? std::optional<std::string>("") : std::nullopt;
  const std::string_view behind = pattern.substr(pattern.find('}') + 1);
  if (!path.starts_with(pattern.substr(0, brace))) return std::nullopt;
  std::string_view rest = path.substr(brace);
  if (!rest.ends_with(behind)) return std::nullopt;
  rest.remove_suffix(behind.size());
  const bool takes_slashes = pattern.ends_with("...}");
  if (rest.empty() || (!takes_slashes && rest.find('/') != std::string_view::npos)) return std::nullopt;
  return percent_decode(rest);
}

void add_allowed(std::string& allow, std::string_view method) {
  if (!allow.empty()) allow += ", ";
  allow += method;
  if (method == "GET") allow += ", HEAD";
}

}  // namespace

std::vector<Route> make_routes(ImageHandlers& images, ImageWait& waits, EventHandlers& events, BlobHandler& blobs,
                               SystemHandlers& system) {
  using enum BodyKind;
  // clang-format off: a table is read by its columns
  return {
      // method   path                   lane          access              body    handler
      {"POST",   "/images",              Lane::Upload, Access::User,       Upload, to(images, &ImageHandlers::upload)},
      {"GET",    "/images",              Lane::Store,  Access::User,       None,   to(images, &ImageHandlers::list), to(images, &ImageHandlers::list_at_once), soon(images, &ImageHandlers::list_soon)},
      {"GET",    "/images/{id}",         Lane::Store,  Access::User,       None,   to(waits, &ImageWait::get), to(waits, &ImageWait::get_at_once), soon(waits, &ImageWait::get_soon)},
      {"PATCH",  "/images/{id}",         Lane::Store,  Access::User,       Json,   to(images, &ImageHandlers::update)},
      {"DELETE", "/images/{id}",         Lane::Store,  Access::User,       None,   to(images, &ImageHandlers::remove)},
      {"GET",    "/images/{id}/events",  Lane::Store,  Access::User,       None,   to(events, &EventHandlers::of_image)},
      {"GET",    "/events",              Lane::Store,  Access::User,       None,   to(events, &EventHandlers::of_user)},
      {"GET",    "/blobs/{key...}",      Lane::Store,  Access::BlobReader, None,   to(blobs, &BlobHandler::get), to(blobs, &BlobHandler::get_at_once)},
      {"GET",    "/livez",               Lane::Inline, Access::Anyone,     None,   to(system, &SystemHandlers::livez)},
      {"GET",    "/readyz",              Lane::Inline, Access::Anyone,     None,   to(system, &SystemHandlers::readyz)},
      {"GET",    "/health",              Lane::Store,  Access::Anyone,     None,   to(system, &SystemHandlers::health)},
      {"GET",    "/metrics",             Lane::Inline, Access::Anyone,     None,   to(system, &SystemHandlers::metrics)},
      {"GET",    "/ops/stats",           Lane::Store,  Access::Anyone,     None,   to(system, &SystemHandlers::stats)},
      {"GET",    "/openapi.yaml",        Lane::Inline, Access::Anyone,     None,   to(system, &SystemHandlers::openapi)},
  };
  // clang-format on
}

RouteMatch match_route(std::span<const Route> routes, std::string_view method, std::string_view path) {
  RouteMatch match;
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  for (const Route& route : routes) {
    auto captured = capture(route.path, path);
    if (!captured) continue;
    if (route.method == wanted) {
      match.route = &route;
      match.captured = std::move(*captured);
      return match;
    }
    add_allowed(match.allow, route.method);
  }
  return match;
}

}  // namespace tintype::http
