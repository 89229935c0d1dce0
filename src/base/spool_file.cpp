#include "base/spool_file.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace tintype {
namespace {

tl::unexpected<Error> spool_error(const char* what) {
  return fail(ErrorCode::StoreUnavailable, "the upload cannot be stored at the moment; try again later",
              std::string(what) + ": " + std::generic_category().message(errno));
}

}  // namespace

Result<SpoolFile> SpoolFile::create(const std::filesystem::path& directory) {
  UniqueFd fd(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!fd) {  // NFS and old overlay file systems have no O_TMPFILE
    std::string name = (directory / "spool-XXXXXX").string();
    fd.reset(::mkostemp(name.data(), O_CLOEXEC));
    if (!fd) return spool_error("create a spool file");
    ::unlink(name.c_str());
  }
  return SpoolFile(std::move(fd));
}

SpoolFile::SpoolFile(SpoolFile&& other) noexcept
    : fd_(std::move(other.fd_)),
      read_only_(std::move(other.read_only_)),
      size_(other.size_),
      mapping_(std::exchange(other.mapping_, nullptr)),
      mapped_size_(other.mapped_size_) {}

SpoolFile::~SpoolFile() {
  unmap();
}

Result<void> SpoolFile::append(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return spool_error("write a spool file");
    size_ += static_cast<std::uint64_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<std::span<const std::byte>> SpoolFile::map() {
  if (size_ == 0) return std::span<const std::byte>();
  if (mapping_ != nullptr && mapped_size_ == size_)
    return std::span(static_cast<const std::byte*>(mapping_), mapped_size_);
  unmap();
  void* mapping = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, fd_.get(), 0);
  if (mapping == MAP_FAILED) return spool_error("map a spool file");
  mapping_ = mapping;
  mapped_size_ = size_;
  return std::span(static_cast<const std::byte*>(mapping_), mapped_size_);
}

int SpoolFile::read_only_descriptor() {
  if (!read_only_) {
    const std::string link = "/proc/self/fd/" + std::to_string(fd_.get());  // opens also what has no name
    read_only_.reset(::open(link.c_str(), O_RDONLY | O_CLOEXEC));
  }
  return read_only_.get();
}

void SpoolFile::unmap() {
  if (mapping_ != nullptr) ::munmap(mapping_, mapped_size_);
  mapping_ = nullptr;
}

}  // namespace tintype
