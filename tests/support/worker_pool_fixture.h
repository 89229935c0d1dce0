#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <vector>

#include "adapters/engine_worker/worker_engine.h"
#include "base/log.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_quarantine_store.h"
#include "tests/support/process_tree.h"
#include "tests/support/sanitizers.h"

namespace tintype::testing_support {

inline constexpr RenderSpec kSmall{.width = 100, .height = 100};
inline Deadline patience() {
  return Deadline::after(std::chrono::seconds(60));
}

// The ImageEngine in real worker processes, with all that it needs.
class WorkerPoolFixture {
 public:
  struct Options {
    std::string_view program = "tintype-worker";
    int provisioned = 1;
    int most = 4;
    int max_jobs = 1000;
    std::uint64_t max_resident = 4ULL << 30;  // bytes; sanitizers take a lot
    std::chrono::milliseconds idle{60'000};
    bool automatic = false;
    AutoProvision::Policy policy = {.least = 1, .most = 4};
    WorkerEngine::Options engine = {};
    QuarantineStore* quarantine = nullptr;  // in place of the one in memory
    bool wait_until_warm = true;
  };
  explicit WorkerPoolFixture() : WorkerPoolFixture(Options()) {}
  explicit WorkerPoolFixture(const Options& options);

  WorkerEngine& engine() { return engine_; }
  WorkerPool& pool() { return pool_; }
  MemoryQuarantineStore& quarantine() { return quarantine_; }
  FakeClock& clock() { return clock_; }

  double counter(const std::string& name, const MetricLabels& labels = {});
  double gauge(const std::string& name, const MetricLabels& labels = {});
  double busy() { return gauge("tintype_workers", {{"state", "busy"}}); }
  // Workers lost, by reason, or for any.
  double deaths(const std::string& reason);
  double deaths();

 private:
  MetricsRegistry metrics_;
  Logger log_{LogLevel::Error, 2};
  MemoryQuarantineStore quarantine_;
  FakeClock clock_;
  WorkerPool pool_;
  WorkerEngine engine_;
};

inline std::vector<pid_t> worker_pids() {
  return children_of(::getpid(), kWorkerName);
}

inline std::vector<pid_t> zygote_pids() {
  return children_of(::getpid(), kZygoteName);
}

// The most memory that this process and its image workers have had resident, each by itself, in bytes.
// reset_peak_memory() lets this process begin anew; workers cannot.
inline std::uint64_t peak_memory() {
  return static_cast<std::uint64_t>(peak_resident_kib_of_family(::getpid())) << 10;
}
void reset_peak_memory();

}  // namespace tintype::testing_support
