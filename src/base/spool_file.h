#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include "base/result.h"
#include "base/unique_fd.h"

namespace tintype {

// A nameless file for a body that is still arriving: it costs no heap, and the kernel frees it with the last
// descriptor, also when the process is killed.
class SpoolFile {
 public:
  // Opens one in `directory`. Error: StoreUnavailable.
  static Result<SpoolFile> create(const std::filesystem::path& directory);

  SpoolFile(SpoolFile&& other) noexcept;
  SpoolFile& operator=(SpoolFile&&) = delete;
  ~SpoolFile();

  // Error: StoreUnavailable (the disk is full, for instance); the file is then of no more use.
  Result<void> append(std::span<const std::byte> bytes);
  std::uint64_t size() const { return size_; }

  // What was appended so far, mapped read-only. Valid as long as this object, and until it is mapped again after more
  // was appended. Error: StoreUnavailable.
  Result<std::span<const std::byte>> map();

  // The same file, open for reading only: for a process that must not be able to change it. -1 if the system does not
  // let it be opened again (there is no /proc). Owned by this object.
  int read_only_descriptor();

 private:
  explicit SpoolFile(UniqueFd fd) : fd_(std::move(fd)) {}
  void unmap();

  UniqueFd fd_;
  UniqueFd read_only_;
  std::uint64_t size_ = 0;
  void* mapping_ = nullptr;
  std::size_t mapped_size_ = 0;
};

}  // namespace tintype
