#include "tests/support/worker_pool_fixture.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace tintype::testing_support {
namespace {

constexpr std::uint64_t kWorkerMemory = 1ULL << 30;  // the default of worker-memory

WorkerPool::Options pool_options(const WorkerPoolFixture::Options& options) {
  WorkerPool::Options pool;
  pool.supervisor.program = program_beside_this(options.program);
  pool.supervisor.memory_limit = kWorkerMemory;
  pool.supervisor.idle = options.idle;
  pool.supervisor.automatic = options.automatic;
  pool.provisioned = options.provisioned;
  pool.most = options.most;
  pool.policy = options.policy;
  pool.max_jobs = options.max_jobs;
  pool.max_resident = options.max_resident;
  return pool;
}

}  // namespace

WorkerPoolFixture::WorkerPoolFixture(const Options& options)
    : pool_(pool_options(options), metrics_, log_),
      engine_(pool_, options.quarantine != nullptr ? *options.quarantine : quarantine_, clock_, options.engine,
              metrics_, log_) {
  if (!options.wait_until_warm) return;
  const auto warm = pool_.wait_until_warm(Deadline::after(std::chrono::seconds(30)));
  EXPECT_TRUE(warm && *warm) << (warm ? "not in time" : to_string(warm.error()));
}

double WorkerPoolFixture::counter(const std::string& name, const MetricLabels& labels) {
  return metrics_.counter(name, "", labels).Value();
}

double WorkerPoolFixture::gauge(const std::string& name, const MetricLabels& labels) {
  [[maybe_unused]] const std::string text = metrics_.expose();  // which refreshes the gauges
  return metrics_.gauge(name, "", labels).Value();
}

double WorkerPoolFixture::deaths(const std::string& reason) {
  return counter("tintype_worker_deaths_total", {{"reason", reason}});
}

double WorkerPoolFixture::deaths() {
  double sum = 0;
  for (const Death death : {Death::Crash, Death::Deadline, Death::Nonsense, Death::Killed, Death::Start}) {
    sum += deaths(std::string(death_name(death)));
  }
  return sum;
}

void reset_peak_memory() {
  std::ofstream("/proc/self/clear_refs") << 5;  // proc(5): resets VmHWM
}

}  // namespace tintype::testing_support
