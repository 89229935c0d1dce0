#include "main/doctor/worker_checks.h"

#include <fstream>
#include <memory>

#include "adapters/engine_worker/worker_pool.h"
#include "main/doctor/sqlite_checks.h"
#include "main/quarantine_command.h"

namespace tintype {
namespace {

// Written by the first check, read by the second.
struct SeenWorker {
  std::atomic<bool> sandboxed = false;
};

// A worker of its own, which ends with this check: its zygote dies with the thread that has started it.
CheckOutcome start_worker(const config::Settings& settings, SeenWorker& seen, Deadline deadline) {
  MetricsRegistry metrics;
  const Logger silent(LogLevel::Error, -1);
  WorkerPool::Options options;
  options.supervisor = {.program = program_beside_this("tintype-worker"), .memory_limit = settings.worker_memory};
  const auto begun = std::chrono::steady_clock::now();
  WorkerPool pool(options, metrics, silent);
  const auto warm = pool.wait_until_warm(deadline);
  if (!warm) return failed(warm.error(), "see that tintype-worker of this version lies beside tintype and can be run");
  if (!*warm) {
    return failed("a worker is not warm in time", "give the machine more CPU; see whether it swaps");
  }
  seen.sandboxed = pool.sandboxed();
  const auto took = std::chrono::steady_clock::now() - begun;
  return passed("warm in " + std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()) +
                " ms");
}

// proc(5): the field is there if the kernel was built with seccomp.
bool kernel_has_seccomp() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("Seccomp:")) return true;
  }
  return false;
}

CheckOutcome judge_sandbox(const SeenWorker& seen) {
  if (seen.sandboxed) return passed("seccomp");
  if (!kernel_has_seccomp()) {
    return failed("none: this kernel has no seccomp",
                  "use a kernel with CONFIG_SECCOMP_FILTER; until then a picture "
                  "that takes a decoder over can do what the service can");
  }
  return failed(
      "none: the worker may not install its seccomp filter",
      "let the container or the service manager allow seccomp(2) and prctl(2) (systemd: SystemCallFilter="
      "@system-service @sandbox); until then a picture that takes a decoder over can do what the service can");
}

}  // namespace

CheckArea worker_checks(const config::Settings& settings) {
  const auto seen = std::make_shared<SeenWorker>();  // by both checks
  const std::filesystem::path list = quarantine_file(settings.data_dir);
  return {.name = "workers",
          .checks = {
              {.name = "start",
               .run = [settings, seen](Deadline deadline) { return start_worker(settings, *seen, deadline); }},
              {.name = "sandbox", .run = [seen](Deadline) { return judge_sandbox(*seen); }, .needs = {"workers/start"}},
              {.name = "quarantine",
               .run = [list](Deadline deadline) { return check_database_if_there(list, deadline); },
               .needs = {"data-dir/directory"}}}};
}

}  // namespace tintype
