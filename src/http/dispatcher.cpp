#include "http/dispatcher.h"

#include <exception>

#include "base/text.h"
#include "http/bounded_body.h"
#include "http/error_response.h"
#include "http/query_string.h"
#include "http/request_id.h"

namespace tintype::http {
namespace {

// RFC 9112 section 3.2.2: a proxy may send the absolute form; only its path matters here.
std::string_view origin_form(std::string_view target) {
  const std::size_t scheme = target.find("://");
  if (target.starts_with('/') || scheme == std::string_view::npos) return target;
  const std::size_t path = target.find('/', scheme + 3);
  return path == std::string_view::npos ? std::string_view("/") : target.substr(path);
}

std::string filename_of(const Request& request) {
  const auto name = request.parameter("filename");
  return name ? std::string(*name) : std::string();
}

bool is_quiet(const Request& request, int status) {
  return status < 400 && (request.method == "GET" || request.method == "HEAD");
}

}  // namespace

std::optional<Response> Dispatcher::admit(Request& request) {
  request.id = request_id_from(request.headers.get("X-Request-Id"));
  const std::string_view target = origin_form(request.target);
  const std::size_t question = std::min(target.find('?'), target.size());
  RouteMatch match = match_route(routes_, request.method, target.substr(0, question));
  if (match.route == nullptr) {
    return match.allow.empty() ? no_such_route(request.id) : method_not_allowed(match.allow, request.id);
  }
  request.route = match.route;
  request.captured = std::move(match.captured);
  if (question < target.size()) {
    auto query = parse_query(target.substr(question + 1));
    if (!query) return refuse(request, query.error());
    request.query = std::move(*query);
  }
  return admit_matched(request);
}

std::optional<Response> Dispatcher::admit_matched(Request& request) {
  if (auto refused = authenticate(request)) return refused;
  if (request.route->answer_at_once) {
    if (auto answer = request.route->answer_at_once(request)) return answer;
  }
  return prepare_body(request);
}

std::optional<Response> Dispatcher::authenticate(Request& request) {
  const Access access = request.route->access;
  if (access == Access::Anyone || (access == Access::BlobReader && !policy_.blobs_need_owner)) return std::nullopt;
  auto user = authenticator_.authenticate(request.headers.get("Authorization"));
  if (!user) return refuse(request, user.error());
  request.user = std::move(*user);
  return std::nullopt;
}

std::optional<Response> Dispatcher::prepare_body(Request& request) {
  std::uint64_t limit = BoundedBody::kMaxBytes;
  if (request.route->body == BodyKind::Upload) {
    auto boundary = boundary_of(request.headers.get("Content-Type"));
    if (!boundary && to_lower(request.headers.get("Content-Type")).starts_with("multipart/")) {
      return refuse(request, {ErrorCode::ValidationFailed,
                              "a form must be multipart/form-data with a boundary of 1 to 70 characters"});
    }
    limit = policy_.upload.max_file_bytes + (boundary ? UploadBody::kFormOverhead : 0);
    auto text_fields = boundary ? std::vector<Parameter>() : request.query;
    request.body =
        std::make_unique<UploadBody>(policy_.upload, std::move(boundary), std::move(text_fields), filename_of(request));
  } else {
    request.body = std::make_unique<BoundedBody>();
  }
  if (request.content_length && *request.content_length > limit) {
    Error error{ErrorCode::FileTooLarge, "the body is larger than " + std::to_string(limit) + " bytes"};
    error.members.push_back({"limit", static_cast<std::int64_t>(limit)});
    return refuse(request, error);
  }
  return std::nullopt;
}

std::optional<Response> Dispatcher::received(Request& request) {
  if (auto finished = request.body->finish(); !finished) return refuse(request, finished.error());
  request.deadline = Deadline::after(policy_.request_timeout);
  return std::nullopt;
}

Response Dispatcher::handle(Request& request) {
  try {
    return request.route->handle(request);
  } catch (const std::exception& exception) {
    return refuse(request, {ErrorCode::Internal, "internal error", exception.what()});
  }
}

Response Dispatcher::refuse(const Request& request, const Error& error) {
  return error_response(error, request.id);
}

void Dispatcher::completed(const Request& request, const Response& response, std::chrono::steady_clock::duration took) {
  const double seconds = std::chrono::duration<double>(took - request.waited.value_or(took.zero())).count();
  metrics_.observe(request.route, response.status, response.cold_start, seconds);
  if (request.route != nullptr) image_metrics_.observe(*request.route, response, seconds);
  const LogLevel level = response.status >= 500               ? LogLevel::Warn
                         : is_quiet(request, response.status) ? LogLevel::Debug
                                                              : LogLevel::Info;
  if (!log_.enabled(level)) return;
  log_.write(level, "request",
             {{"requestId", request.id},
              {"method", request.method},
              {"path", request.target.substr(0, request.target.find('?'))},
              {"route", request.route != nullptr ? request.route->path : "unmatched"},
              {"status", response.status},
              {"milliseconds", seconds * 1000},
              {"bytes", response.content_length()},
              {"user", request.user ? request.user->text() : std::string()},
              {"error", response.log_detail}});
}

}  // namespace tintype::http
