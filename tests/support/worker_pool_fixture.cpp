#include "tests/support/worker_pool_fixture.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <thread>

namespace tintype::testing_support {
namespace {

constexpr std::uint64_t kWorkerMemory = 1ULL << 30;  // the default of worker-memory

WorkerPool::Options pool_options(const WorkerPoolFixture::Options& options) {
  WorkerPool::Options pool;
  pool.supervisor.program = program_beside_test(options.program);
  pool.supervisor.memory_limit = kWorkerMemory;
  pool.supervisor.idle = options.idle;
  pool.supervisor.automatic = options.automatic;
  pool.provisioned = options.provisioned;
  pool.most = options.most;
  pool.policy = options.policy;
  pool.max_jobs = options.max_jobs;
  return pool;
}

// The value of a line "<name>: ..." of /proc/<pid>/status; empty if the process is gone.
std::string status_of(const std::string& pid, std::string_view name) {
  std::ifstream status("/proc/" + pid + "/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != ':') continue;
    const auto value = line.find_first_not_of(": \t", name.size());
    return value == std::string::npos ? "" : line.substr(value);
  }
  return {};
}

std::uint64_t number_of(const std::string& text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::uint64_t peak_memory_of(const std::string& pid) {
  return number_of(status_of(pid, "VmHWM")) << 10;  // proc(5): in kB
}

bool is_running_child(const std::string& pid, std::string_view name) {
  return status_of(pid, "Name") == name &&
         number_of(status_of(pid, "PPid")) == static_cast<std::uint64_t>(::getpid()) &&
         !status_of(pid, "State").starts_with('Z');
}

}  // namespace

std::filesystem::path program_beside_test(std::string_view name) {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
}

WorkerPoolFixture::WorkerPoolFixture(const Options& options)
    : pool_(pool_options(options), metrics_, log_),
      engine_(pool_, options.quarantine != nullptr ? *options.quarantine : quarantine_, clock_, options.engine,
              metrics_, log_) {
  if (!options.wait_until_warm) return;
  const auto warm = pool_.wait_until_warm(Deadline::after(std::chrono::seconds(30)));
  EXPECT_TRUE(warm) << to_string(warm.error());
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

std::vector<pid_t> children_named(std::string_view name) {
  std::vector<pid_t> pids;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string pid = entry.path().filename();
    if (number_of(pid) > 0 && is_running_child(pid, name)) pids.push_back(static_cast<pid_t>(number_of(pid)));
  }
  return pids;
}

std::uint64_t peak_memory() {
  std::uint64_t sum = peak_memory_of("self");
  for (const pid_t pid : worker_pids()) sum += peak_memory_of(std::to_string(pid));
  return sum;
}

void reset_peak_memory() {
  std::ofstream("/proc/self/clear_refs") << 5;  // proc(5): resets VmHWM
}

bool eventually(const std::function<bool()>& condition) {
  const Deadline deadline = Deadline::after(std::chrono::seconds(10));
  while (!condition()) {
    if (deadline.expired()) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace tintype::testing_support
