#include "adapters/blob_filesystem/temp_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "adapters/blob_filesystem/filesystem_error.h"
#include "base/random.h"
#include "base/text.h"

namespace tintype {
namespace {

constexpr std::size_t kWriteChunk = std::size_t{4} << 20;

}  // namespace

Result<TempFile> TempFile::create(int directory) {
  std::array<std::byte, 12> random;
  fill_random(random);
  std::string name = "put-" + hex(random);
  UniqueFd fd(::openat(directory, name.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600));
  if (!fd) return filesystem_error(errno, "create temporary file", name);
  return TempFile(directory, std::move(name), std::move(fd));
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
  if (::renameat(directory_, name_.c_str(), directory, path.c_str()) != 0) return {errno, std::generic_category()};
  name_.clear();
  return {};
}

}  // namespace tintype
