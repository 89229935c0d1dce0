#include "base/allocator.h"

#include <malloc.h>
#include <sys/mman.h>

#include <cstdlib>
#include <memory>

namespace tintype {

void tune_allocator() {
  // Per-thread arenas keep what decoders free; two arenas and mmap for what is large halve the peak.
  ::mallopt(M_ARENA_MAX, 2);
  ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 1 << 20);
}

void keep_free_memory(int bytes) {
  ::mallopt(M_MMAP_THRESHOLD, 32 << 20);  // glibc's limit
  ::mallopt(M_TRIM_THRESHOLD, bytes);
}

void use_huge_pages(std::size_t bytes) {
  constexpr std::size_t kHugePage = 2 << 20;
  const std::unique_ptr<void, decltype(&std::free)> block(std::malloc(bytes), &std::free);
  void* start = block.get();
  std::size_t room = bytes;
  if (start == nullptr || std::align(kHugePage, kHugePage, start, room) == nullptr) return;
  ::madvise(start, room / kHugePage * kHugePage, MADV_HUGEPAGE);  // a kernel without them goes on as before
}

}  // namespace tintype
