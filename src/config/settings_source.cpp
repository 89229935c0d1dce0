#include "config/settings_source.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "base/unique_fd.h"

namespace tintype::config {
namespace {

constexpr std::string_view kPrefix = "TINTYPE_";

// Far more than any settings file; a path to a device or an image must not fill the memory.
constexpr std::size_t kMaxFileBytes = 1 << 20;

// Kubernetes gives every container variables for the services of its namespace, and a service that is called `tintype`
// makes TINTYPE_SERVICE_HOST, TINTYPE_PORT=tcp://…, TINTYPE_PORT_8080_TCP_ADDR and so on.
bool is_kubernetes_service_link(std::string_view variable) {
  return variable == "TINTYPE_PORT" || variable.starts_with("TINTYPE_PORT_") ||
         variable.starts_with("TINTYPE_SERVICE_HOST") || variable.starts_with("TINTYPE_SERVICE_PORT");
}

// TINTYPE_CORPUS and TINTYPE_SIGV4_VECTORS name what the tests use.
bool is_for_someone_else(std::string_view variable) {
  return !variable.starts_with(kPrefix) || variable == "TINTYPE_CORPUS" || variable == "TINTYPE_SIGV4_VECTORS" ||
         is_kubernetes_service_link(variable);
}

}  // namespace

std::string environment_name(std::string_view name) {
  std::string variable(kPrefix);
  for (const char c : name) variable += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  return variable;
}

std::string spell(Source source, std::string_view name) {
  if (source == Source::Flag) return "--" + std::string(name);
  if (source == Source::Environment) return environment_name(name);
  return std::string(name);
}

std::vector<Entry> environment_entries(std::span<const std::string> environment) {
  std::vector<Entry> entries;
  for (const std::string& variable : environment) {
    const std::size_t equals = variable.find('=');
    if (equals == std::string::npos || equals + 1 == variable.size()) continue;
    const std::string name = variable.substr(0, equals);
    if (!is_for_someone_else(name)) entries.push_back({name, variable.substr(equals + 1), {}});
  }
  return entries;
}

std::vector<Entry> flag_entries(std::span<const Assignment> flags) {
  std::vector<Entry> entries;
  for (const Assignment& flag : flags) entries.push_back({spell(Source::Flag, flag.name), flag.value, {}});
  return entries;
}

Result<std::vector<Entry>> file_entries(const std::filesystem::path& path) {
  const auto text = read_small_file(path);
  if (!text) {
    return fail(ErrorCode::ValidationFailed,
                "cannot read the settings file " + path.string() + ": " + text.error().public_message);
  }
  auto assignments = parse_settings_file(*text);
  if (!assignments) {
    return fail(ErrorCode::ValidationFailed, path.string() + ", " + assignments.error().public_message);
  }
  std::vector<Entry> entries;
  for (Assignment& assignment : *assignments) {
    std::string place = " in line " + std::to_string(assignment.line) + " of " + path.string();
    entries.push_back({std::move(assignment.name), std::move(assignment.value), std::move(place)});
  }
  return entries;
}

Result<std::string> read_small_file(const std::filesystem::path& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return fail(ErrorCode::ValidationFailed, std::strerror(errno));
  std::string text;
  std::array<char, 4096> buffer;
  while (text.size() <= kMaxFileBytes) {
    const ssize_t count = ::read(fd.get(), buffer.data(), buffer.size());
    if (count == 0) return text;
    if (count > 0) text.append(buffer.data(), static_cast<std::size_t>(count));
    if (count < 0 && errno != EINTR) return fail(ErrorCode::ValidationFailed, std::strerror(errno));
  }
  return fail(ErrorCode::ValidationFailed, "it is larger than 1 MiB");
}

}  // namespace tintype::config
