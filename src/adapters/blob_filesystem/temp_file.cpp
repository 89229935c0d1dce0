#include "adapters/blob_filesystem/temp_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "adapters/blob_filesystem/blob_walk.h"
#include "adapters/blob_filesystem/directory_stream.h"
#include "adapters/blob_filesystem/filesystem_error.h"
#include "base/random.h"
#include "base/text.h"

namespace tintype {
namespace {

constexpr std::string_view kPrefix = "put-";
constexpr std::size_t kWriteChunk = std::size_t{4} << 20;

// False if `name` is not to be removed, or somebody else has.
Result<bool> remove_if_old(int directory, const char* name, UnixTime before) {
  struct stat status{};
  if (::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return false;
    return filesystem_error(errno, "stat", name);
  }
  if (!S_ISREG(status.st_mode) || modification_time(status) >= before) return false;
  if (::unlinkat(directory, name, 0) == 0) return true;
  if (errno == ENOENT) return false;
  return filesystem_error(errno, "remove", name);
}

}  // namespace

Result<TempFile> TempFile::create(int directory) {
  std::string name = std::string(kPrefix) + random_hex(12);
  UniqueFd fd(::openat(directory, name.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600));
  if (!fd) return filesystem_error(errno, "create temporary file", name);
  return TempFile(directory, std::move(name), std::move(fd));
}

Result<int> TempFile::remove_old(int directory, UnixTime before, Deadline deadline) {
  UniqueFd fd(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return filesystem_error(errno, "open directory", "tmp");
  const DirectoryStream stream(::fdopendir(fd.get()));
  if (!stream) return filesystem_error(errno, "read directory", "tmp");
  const int descriptor = fd.release();  // the stream's now
  int removed = 0;
  for (;;) {
    if (deadline.expired()) return deadline_passed("remove temporary files");
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr && errno != 0) return filesystem_error(errno, "read directory", "tmp");
    if (entry == nullptr) return removed;
    if (!std::string_view(entry->d_name).starts_with(kPrefix)) continue;
    const auto was_old = remove_if_old(descriptor, entry->d_name, before);
    if (!was_old) return fail(was_old.error());
    removed += *was_old ? 1 : 0;
  }
}

TempFile::TempFile(int directory, std::string name, UniqueFd fd)
    : directory_(directory), name_(std::move(name)), fd_(std::move(fd)) {}

TempFile::TempFile(TempFile&& other) noexcept
    : directory_(other.directory_), name_(std::exchange(other.name_, {})), fd_(std::move(other.fd_)) {}

TempFile::~TempFile() {
  if (!name_.empty()) ::unlinkat(directory_, name_.c_str(), 0);
}

Result<void> TempFile::write(std::span<const std::byte> bytes, Deadline deadline) {
  while (!bytes.empty()) {
    if (deadline.expired()) return deadline_passed("write temporary file");
    const ssize_t written = ::write(fd_.get(), bytes.data(), std::min(bytes.size(), kWriteChunk));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return filesystem_error(errno, "write temporary file", name_);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> TempFile::sync() {
  if (::fsync(fd_.get()) != 0) return filesystem_error(errno, "fsync temporary file", name_);
  return {};
}

std::error_code TempFile::move_to(int directory, const std::string& path) {
  if (::renameat2(directory_, name_.c_str(), directory, path.c_str(), RENAME_NOREPLACE) == 0) {
    name_.clear();
    return {};
  }
  // Not every file system can rename without replacing (NFS, some of FUSE). All that matter here can link. The second
  // name goes with this object; after a crash in between, a sweep removes it.
  const bool can_rename = errno != EINVAL && errno != ENOSYS;
  if (can_rename || ::linkat(directory_, name_.c_str(), directory, path.c_str(), 0) != 0) {
    return {errno, std::generic_category()};
  }
  return {};
}

}  // namespace tintype
