#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/deadline.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace tintype {

// Bytes of known length that can be read at any offset: a file, a piece of memory, later a ranged S3 object.
// One reader at a time; different sources may be read concurrently.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  virtual std::uint64_t size() const = 0;

  // Reads up to `buffer.size()` bytes at `offset` and returns how many; 0 only at the end.
  // Blocks until `deadline`. Errors: StoreUnavailable, DeadlineExceeded.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> buffer, Deadline deadline) = 0;

  // The descriptor whose first size() bytes these are, for sendfile(2); -1 if there is none. Owned by the source.
  virtual int descriptor() const { return -1; }
};

class FileSource final : public ByteSource {
 public:
  FileSource(UniqueFd fd, std::uint64_t size) : fd_(std::move(fd)), size_(size) {}
  std::uint64_t size() const override { return size_; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> buffer, Deadline deadline) override;
  int descriptor() const override { return fd_.get(); }

 private:
  UniqueFd fd_;
  std::uint64_t size_;
};

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::vector<std::byte> bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> buffer, Deadline deadline) override;

 private:
  std::vector<std::byte> bytes_;
};

// The whole of `source`.
Result<std::vector<std::byte>> read_all(ByteSource& source, Deadline deadline);

}  // namespace tintype
