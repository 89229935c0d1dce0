#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "base/json_object.h"
#include "base/metrics/metrics.h"
#include "http/request.h"
#include "http/response.h"

namespace tintype::http {

// One thing that the service stands on, for /health.
struct Dependency {
  std::string name;
  std::function<Result<void>(Deadline)> check;  // may block until its deadline
  std::function<void(JsonObject&)> describe;    // adds what else there is to know; may be empty
  bool is_needed = true;                        // false: the service goes on without it, and is not "down" itself
};

// Where the process is in its life.
enum class Phase { Starting, Ready, Draining };

// The paths that operators and load balancers ask. Thread-safe.
class SystemHandlers {
 public:
  // `stats` writes what /ops/stats answers, without waiting for anybody; any thread may call it.
  SystemHandlers(MetricsRegistry& metrics, std::vector<Dependency> dependencies, std::function<std::string()> stats)
      : metrics_(metrics), dependencies_(std::move(dependencies)), stats_(std::move(stats)) {}

  void set_phase(Phase phase) { phase_ = phase; }

  Response livez(Request& request);   // 200 as long as the process answers
  Response readyz(Request& request);  // 200 while new requests are welcome, 503 before and after
  Response health(Request& request);  // each dependency up or down; 503 if one is down that is needed
  Response metrics(Request& request);
  Response stats(Request& request);  // the numbers of this process, now and in the last hour
  Response openapi(Request& request);

 private:
  MetricsRegistry& metrics_;
  const std::vector<Dependency> dependencies_;
  const std::function<std::string()> stats_;
  std::atomic<Phase> phase_{Phase::Starting};
};

}  // namespace tintype::http
