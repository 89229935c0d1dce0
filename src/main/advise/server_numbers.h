#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/deadline.h"
#include "base/result.h"

namespace tintype {

// What advice needs of /ops/stats: the last five minutes of a server, and how it is set up.
struct ServerNumbers {
  std::optional<double> upload_p95;         // seconds; nullopt: no uploads
  std::optional<double> cold_upload_ratio;  // 0 to 1; nullopt: no uploads
  double cold_starts = 0;
  double duplicate_uploads = 0;
  std::optional<double> memory_entries;
  std::optional<double> redis_keys;

  std::string thumbnails;           // the setting: "auto", "inline", "async"
  bool thumbnails_async = false;    // at the moment
  bool has_workers = false;         // engine=worker
  std::string workers_provisioned;  // the setting
  std::string cache;                // "memory", "redis", "none"
  std::string cache_invalidation;   // the setting: "tags", "scan"
};

// Error: Internal; the detail says what is missing.
Result<ServerNumbers> server_numbers_from_json(std::string_view json);

// Asks the server at `url`, "http://127.0.0.1:8080", for them. Error: the message says what to do.
Result<ServerNumbers> ask_for_numbers(const std::string& url, Deadline deadline);

// Where a server with this `listen` is reached from this machine. Error: the port is not known.
Result<std::string> url_of_listener(const std::string& listen);

}  // namespace tintype
