#include "base/allocator.h"

#include <malloc.h>

namespace tintype {

void tune_allocator() {
  // Per-thread arenas keep what decoders free; two arenas and mmap for what is large halve the peak.
  ::mallopt(M_ARENA_MAX, 2);
  ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 1 << 20);
}

}  // namespace tintype
