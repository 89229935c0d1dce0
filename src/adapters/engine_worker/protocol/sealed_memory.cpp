#include "adapters/engine_worker/protocol/sealed_memory.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>

namespace tintype::worker_protocol {
namespace {

constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;

bool write_all(int descriptor, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

// Not by fstat(3): glibc makes newfstatat(2) of it, which takes a path and is shut in a worker.
bool has_size(int descriptor, std::uint64_t size) {
  const off_t end = ::lseek(descriptor, 0, SEEK_END);
  return end >= 0 && static_cast<std::uint64_t>(end) == size;
}

bool is_sealed(int descriptor) {
  const int seals = ::fcntl(descriptor, F_GET_SEALS);
  return seals >= 0 && (seals & kSeals) == kSeals;
}

}  // namespace

UniqueFd sealed_copy(std::span<const std::span<const std::byte>> parts, const char* name) {
  UniqueFd memory(::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  const bool written =
      memory && std::ranges::all_of(parts, [&](const auto& part) { return write_all(memory.get(), part); });
  if (!written || ::fcntl(memory.get(), F_ADD_SEALS, kSeals) != 0) return {};
  return memory;
}

UniqueFd sealed_copy(std::span<const std::byte> bytes, const char* name) {
  return sealed_copy(std::span(&bytes, 1), name);
}

std::optional<std::vector<std::byte>> read_sealed(int descriptor, std::uint64_t size) {
  if (!is_sealed(descriptor) || !has_size(descriptor, size)) return std::nullopt;
  std::vector<std::byte> bytes(size);
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t count = ::pread(descriptor, bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return std::nullopt;
    done += static_cast<std::size_t>(count);
  }
  return bytes;
}

std::optional<FileMapping> FileMapping::of(int descriptor, std::uint64_t size) {
  if (!has_size(descriptor, size)) return std::nullopt;
  if (size == 0) return FileMapping(std::span<const std::byte>());
  // Private: before Linux 6.7 a shared mapping of a sealed file is refused, although it only reads.
  void* const start = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (start == MAP_FAILED) return std::nullopt;
  return FileMapping({static_cast<const std::byte*>(start), size});
}

FileMapping::~FileMapping() {
  if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace tintype::worker_protocol
