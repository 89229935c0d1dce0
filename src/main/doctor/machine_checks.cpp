#include "main/doctor/machine_checks.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "base/text.h"
#include "main/doctor/amounts.h"

namespace tintype {
namespace {

// Files, stores and workers of an idle service take some thirty; pictures being delivered and spooled need one each.
constexpr std::uint64_t kOwnDescriptors = 256;
// Kernels write "no limit" of version 1 as the largest multiple of a page.
constexpr std::uint64_t kNoLimit = 1ULL << 60;

std::optional<std::uint64_t> number_in(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string word;
  if (!(file >> word)) return std::nullopt;
  const auto number = parse_unsigned(word);  // not for "max"
  return number && *number < kNoLimit ? number : std::nullopt;
}

// Of the group and of all above it.
std::optional<std::uint64_t> least_above(const std::filesystem::path& root, const std::string& group,
                                         const char* file) {
  std::optional<std::uint64_t> least = number_in(root / file);
  std::filesystem::path directory = root;
  for (const auto& part : std::filesystem::path(group).relative_path()) {
    directory /= part;
    const auto limit = number_in(directory / file);
    if (limit) least = std::min(*limit, least.value_or(*limit));
  }
  return least;
}

bool has_controller(std::string_view controllers, std::string_view wanted) {
  while (!controllers.empty()) {
    const std::string_view one = controllers.substr(0, controllers.find(','));
    if (one == wanted) return true;
    controllers.remove_prefix(std::min(controllers.size(), one.size() + 1));
  }
  return false;
}

std::uint64_t memory_of_machine() {
  return static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

CheckOutcome check_descriptors(int max_connections) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return not_checked("the limit cannot be read");
  return judge_descriptors(limit.rlim_max, max_connections);
}

}  // namespace

std::optional<std::uint64_t> cgroup_memory_limit(const std::filesystem::path& groups,
                                                 const std::filesystem::path& root) {
  std::ifstream file(groups);
  std::optional<std::uint64_t> least;
  for (std::string line; std::getline(file, line);) {  // "0::/path" of version 2, "9:memory:/path" of version 1
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string group = line.substr(second + 1);
    std::optional<std::uint64_t> limit;
    if (controllers.empty()) limit = least_above(root, group, "memory.max");
    if (has_controller(controllers, "memory")) limit = least_above(root / "memory", group, "memory.limit_in_bytes");
    if (limit) least = std::min(*limit, least.value_or(*limit));
  }
  return least;
}

CheckOutcome judge_descriptors(std::uint64_t limit, int max_connections) {
  const std::uint64_t needed = static_cast<std::uint64_t>(max_connections) + kOwnDescriptors;
  const std::string detail = limit == RLIM_INFINITY ? "no limit" : "a process may open " + std::to_string(limit);
  if (limit >= needed) return passed(detail);
  return warned(detail + ", and max-connections is " + std::to_string(max_connections),
                "raise the limit to " + std::to_string(needed) +
                    " or more (systemd: LimitNOFILE; ulimit -Hn), or set " + "max-connections to " +
                    std::to_string(limit > 2 * kOwnDescriptors ? limit - kOwnDescriptors : 100) + " or less");
}

CheckOutcome judge_memory(std::uint64_t budget, std::uint64_t machine, std::optional<std::uint64_t> cgroup_limit) {
  const std::uint64_t there = std::min(machine, cgroup_limit.value_or(machine));
  const std::string detail = "memory-budget is " + bytes_text(budget) + " of " + bytes_text(there) +
                             (there < machine ? " (limit of the control group)" : "");
  const std::string advice = "set memory-budget to " + bytes_text(there / 2) + " or less, or give it more memory";
  if (budget > there) return failed(detail, advice);
  if (budget > there / 4 * 3) return warned(detail + ": little is left for the rest", advice);
  return passed(detail);
}

CheckArea machine_checks(const config::Settings& settings) {
  const auto descriptors = [most = settings.max_connections](Deadline) { return check_descriptors(most); };
  const auto memory = [budget = settings.memory_budget](Deadline) {
    return judge_memory(budget, memory_of_machine(), cgroup_memory_limit("/proc/self/cgroup", "/sys/fs/cgroup"));
  };
  return {.name = "machine",
          .checks = {{.name = "descriptors", .run = descriptors}, {.name = "memory", .run = memory}}};
}

}  // namespace tintype
