#include "tests/support/process_tree.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/text.h"

namespace tintype::testing_support {
namespace {

namespace fs = std::filesystem;

std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> children;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
    const auto pid = parse_unsigned(entry.path().filename().string());
    if (!pid) continue;
    const auto child = static_cast<pid_t>(*pid);
    const bool is_zombie = status_field(child, "State").starts_with('Z');
    if (!is_zombie && status_field(child, "PPid") == std::to_string(parent)) children.push_back(child);
  }
  return children;
}

}  // namespace

std::vector<pid_t> children_of(pid_t parent, const std::string& name) {
  std::vector<pid_t> named;
  for (const pid_t child : children_of(parent)) {
    if (status_field(child, "Name") == name) named.push_back(child);
  }
  return named;
}

std::string status_field(pid_t pid, const std::string& field) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field + ':')) return std::string(trim(line.substr(field.size() + 1)));
  }
  return {};
}

std::vector<std::string> descriptors_of(pid_t pid) {
  std::vector<std::string> targets;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/proc/" + std::to_string(pid) + "/fd", ignored)) {
    targets.push_back(fs::read_symlink(entry.path(), ignored).string());
  }
  return targets;
}

long peak_resident_kib_of_family(pid_t parent) {
  long total = std::atol(status_field(parent, "VmHWM").c_str());
  for (const pid_t child : children_of(parent)) total += std::atol(status_field(child, "VmHWM").c_str());
  return total;
}

bool eventually(const std::function<bool()>& condition, std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace tintype::testing_support
