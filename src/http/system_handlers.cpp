#include "http/system_handlers.h"

#include "http/openapi_document.h"

namespace tintype::http {
namespace {

Response status_response(int status, std::string_view text) {
  JsonObject json;
  json.add("status", text);
  Response response = json_response(status, std::move(json).finish());
  response.set("Cache-Control", "no-store");
  return response;
}

}  // namespace

Response SystemHandlers::livez(Request&) {
  return status_response(200, "alive");
}

Response SystemHandlers::readyz(Request&) {
  switch (phase_.load()) {
    case Phase::Ready:
      return status_response(200, "ready");
    case Phase::Starting:
      return status_response(503, "starting");
    case Phase::Draining:
      break;
  }
  return status_response(503, "draining");
}

Response SystemHandlers::health(Request&) {
  constexpr auto kCheckTime = std::chrono::seconds(2);
  bool is_up = true;
  JsonObject checks;
  for (const Dependency& dependency : dependencies_) {
    const auto checked = dependency.check(Deadline::after(kCheckTime));
    is_up = is_up && (checked || !dependency.is_needed);
    JsonObject check;
    check.add("status", checked ? "up" : "down");
    if (!checked) check.add("error", checked.error().public_message);
    if (dependency.describe) dependency.describe(check);
    checks.add_raw(dependency.name, std::move(check).finish());
  }
  JsonObject json;
  json.add("status", is_up ? "up" : "down");
  json.add_raw("checks", std::move(checks).finish());
  Response response = json_response(is_up ? 200 : 503, std::move(json).finish());
  response.set("Cache-Control", "no-store");
  return response;
}

Response SystemHandlers::metrics(Request&) {
  Response response;
  response.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.body = metrics_.expose();
  return response;
}

Response SystemHandlers::stats(Request&) {
  Response response = json_response(200, stats_());
  response.set("Cache-Control", "no-store");
  return response;
}

Response SystemHandlers::openapi(Request&) {
  Response response;
  response.set("Content-Type", "application/yaml");
  response.body = std::string(openapi_document());
  return response;
}

}  // namespace tintype::http
