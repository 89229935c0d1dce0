#pragma once

#include <cstddef>

namespace tintype {

// Makes glibc's malloc give back what images took (ADR 0006, docs/operations.md). Call it before the first thread.
void tune_allocator();

// For a process that makes one picture after the other: keeps up to so many bytes of what is freed, also of large
// blocks, until malloc_trim(3). Fresh pages cost more than all else that the system does for a picture.
void keep_free_memory(int bytes);

// Has the next so many bytes that malloc(3) takes from the system come in pages of 2 MiB, where the kernel has them
// ("madvise" or "always" in /sys/kernel/mm/transparent_hugepage/enabled). Call it again after malloc_trim(3).
void use_huge_pages(std::size_t bytes);

}  // namespace tintype
