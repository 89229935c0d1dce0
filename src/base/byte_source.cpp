#include "base/byte_source.h"

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace tintype {

Result<std::size_t> FileSource::read_at(std::uint64_t offset, std::span<std::byte> buffer, Deadline deadline) {
  if (deadline.expired()) return fail(ErrorCode::DeadlineExceeded, "reading took too long");
  if (offset >= size_) return std::size_t{0};
  const std::size_t wanted = std::min<std::uint64_t>(buffer.size(), size_ - offset);
  for (;;) {
    const ssize_t got = ::pread(fd_.get(), buffer.data(), wanted, static_cast<off_t>(offset));
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR)
      return fail(ErrorCode::StoreUnavailable, "a stored file cannot be read", std::generic_category().message(errno));
  }
}

Result<std::size_t> MemorySource::read_at(std::uint64_t offset, std::span<std::byte> buffer, Deadline deadline) {
  if (deadline.expired()) return fail(ErrorCode::DeadlineExceeded, "reading took too long");
  if (offset >= bytes_.size()) return std::size_t{0};
  const std::size_t count = std::min<std::size_t>(buffer.size(), bytes_.size() - offset);
  std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), count, buffer.begin());
  return count;
}

Result<std::vector<std::byte>> read_all(ByteSource& source, Deadline deadline) {
  std::vector<std::byte> bytes(source.size());
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    auto got = source.read_at(filled, std::span(bytes).subspan(filled), deadline);
    if (!got) return fail(got.error());
    if (*got == 0) return fail(ErrorCode::StoreUnavailable, "a stored file is shorter than recorded");
    filled += *got;
  }
  return bytes;
}

}  // namespace tintype
