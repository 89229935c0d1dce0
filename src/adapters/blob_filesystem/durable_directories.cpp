#include "adapters/blob_filesystem/durable_directories.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/unique_fd.h"

namespace tintype {
namespace {

// Pictures are private to the service's account.
constexpr mode_t kDirectoryMode = 0700;

// Two directories a user; a few megabytes at most. Starting over costs one fsync per directory in use.
constexpr std::size_t kMaxRemembered = 50'000;

std::error_code last_error() {
  return {errno, std::generic_category()};
}

}  // namespace

std::error_code DurableDirectories::ensure_above(std::string_view path) {
  if (remembers(parent_of(path))) return {};
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
    const std::string directory(path.substr(0, slash));
    if (remembers(directory)) continue;
    if (const std::error_code error = ensure(directory); error) return error;
  }
  return {};
}

std::error_code DurableDirectories::ensure(const std::string& directory) {
  if (::mkdirat(root_, directory.c_str(), kDirectoryMode) != 0 && errno != EEXIST) return last_error();
  if (const std::error_code error = sync_directory(root_, parent_of(directory)); error) return error;
  remember(directory);
  return {};
}

bool DurableDirectories::remembers(const std::string& directory) const {
  const std::lock_guard lock(mutex_);
  return durable_.contains(directory);
}

void DurableDirectories::remember(const std::string& directory) {
  const std::lock_guard lock(mutex_);
  if (durable_.size() >= kMaxRemembered) durable_.clear();
  durable_.insert(directory);
}

void DurableDirectories::forget() {
  const std::lock_guard lock(mutex_);
  durable_.clear();
}

std::string parent_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? "." : std::string(path.substr(0, slash));
}

std::error_code sync_directory(int root, const std::string& path) {
  const UniqueFd directory(::openat(root, path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory || ::fsync(directory.get()) != 0) return last_error();
  return {};
}

std::error_code make_durable_directory(const std::filesystem::path& path) {
  std::error_code error;
  if (path.empty() || std::filesystem::is_directory(path, error)) return {};
  if (error = make_durable_directory(path.parent_path()); error) return error;
  if (::mkdir(path.c_str(), kDirectoryMode) != 0 && errno != EEXIST) return last_error();
  return sync_directory(AT_FDCWD, path.has_parent_path() ? path.parent_path().string() : ".");
}

}  // namespace tintype
