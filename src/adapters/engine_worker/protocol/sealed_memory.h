// Files in memory that are handed to another process (memfd_create(2)). Sealed, nobody can change or shorten them any
// more: a mapping of one cannot raise SIGBUS, and its content cannot change between a check and its use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/unique_fd.h"

namespace tintype::worker_protocol {

// A sealed copy of `parts`, one after the other; an empty UniqueFd if there is no memory or no descriptor left. `name`
// is for /proc only.
UniqueFd sealed_copy(std::span<const std::span<const std::byte>> parts, const char* name);
UniqueFd sealed_copy(std::span<const std::byte> bytes, const char* name);

// The content of a file that a stranger made: nullopt unless it is a sealed memfd of exactly `size` bytes.
std::optional<std::vector<std::byte>> read_sealed(int descriptor, std::uint64_t size);

// A file mapped for reading, as long as this lives.
class FileMapping {
 public:
  // nullopt if the file does not have exactly `size` bytes, or cannot be mapped. `size` 0 maps nothing and succeeds.
  static std::optional<FileMapping> of(int descriptor, std::uint64_t size);
  FileMapping(FileMapping&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  FileMapping& operator=(FileMapping&&) = delete;
  ~FileMapping();

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  explicit FileMapping(std::span<const std::byte> bytes) : bytes_(bytes) {}
  std::span<const std::byte> bytes_;
};

}  // namespace tintype::worker_protocol
