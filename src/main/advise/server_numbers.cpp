#include "main/advise/server_numbers.h"

#include <boost/json.hpp>

#include "adapters/aws/http_client.h"

namespace tintype {
namespace {

namespace json = boost::json;

// nullopt for null and for what is not there: a server has only the caches that it uses.
std::optional<double> number(const json::value* value) {
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->to_number<double>();
}

std::string text(const json::object& object, std::string_view name) {
  const json::string& value = object.at(name).as_string();
  return {value.data(), value.size()};
}

ServerNumbers numbers_from(const json::object& stats) {
  const json::object& now = stats.at("now").as_object();
  const json::object& setup = stats.at("setup").as_object();
  ServerNumbers numbers;
  const json::value& uploads = now.at("uploadLatency");
  if (uploads.is_object()) numbers.upload_p95 = number(uploads.as_object().if_contains("p95"));
  numbers.cold_upload_ratio = number(now.if_contains("coldUploadRatio"));
  numbers.cold_starts = now.at("coldStarts").to_number<double>();
  numbers.duplicate_uploads = now.at("duplicateUploads").to_number<double>();
  numbers.memory_entries = number(now.if_contains("memoryCacheEntries"));
  numbers.redis_keys = number(now.if_contains("redisKeys"));
  numbers.thumbnails = text(setup, "thumbnails");
  numbers.thumbnails_async = setup.at("thumbnailsAsync").as_bool();
  numbers.has_workers = setup.at("engine").as_string() == "worker";
  numbers.workers_provisioned = text(setup, "workersProvisioned");
  numbers.cache = text(setup, "cache");
  numbers.cache_invalidation = text(setup, "cacheInvalidation");
  return numbers;
}

}  // namespace

Result<ServerNumbers> server_numbers_from_json(std::string_view text) {
  try {
    return numbers_from(json::parse(json::string_view(text.data(), text.size())).as_object());
  } catch (const std::exception& exception) {  // Boost.JSON throws for whatever is not as it should be
    return fail(ErrorCode::Internal, "no numbers of a server", exception.what());
  }
}

Result<ServerNumbers> ask_for_numbers(const std::string& url, Deadline deadline) {
  aws::HttpClient client;
  const auto reply =
      client.send({.url = url + "/ops/stats", .reply_limit = std::size_t{4} << 20, .direct = true}, deadline);
  const std::string what_to_do =
      "; is the server running, and is this its address? Give it with --url http://HOST:PORT";
  if (!reply) {
    const auto& error = reply.error().error;
    return fail(ErrorCode::ValidationFailed,
                url + " does not answer: " + (error.detail.empty() ? error.public_message : error.detail) + what_to_do);
  }
  constexpr int kOk = 200;
  if (reply->status != kOk) {
    return fail(ErrorCode::ValidationFailed,
                url + "/ops/stats answers with status " + std::to_string(reply->status) +
                    ": a proxy that does not let it through, or no tintype; give the server itself with --url");
  }
  auto numbers = server_numbers_from_json(reply->body);
  if (!numbers) {
    return fail(ErrorCode::ValidationFailed, url + "/ops/stats is not what this version of tintype answers (" +
                                                 numbers.error().detail + "): give a server of version " +
                                                 TINTYPE_VERSION + " with --url");
  }
  return numbers;
}

Result<std::string> url_of_listener(const std::string& listen) {
  const std::size_t colon = listen.rfind(':');
  std::string host = listen.substr(0, colon);
  const std::string port = listen.substr(colon + 1);
  if (port == "0") {
    return fail(ErrorCode::ValidationFailed,
                "with listen=" + listen + " the port is not known: give the server with --url http://HOST:PORT");
  }
  if (host == "0.0.0.0") host = "127.0.0.1";  // every interface, so this one, too
  if (host == "[::]") host = "[::1]";
  return "http://" + host + ":" + port;
}

}  // namespace tintype
