#pragma once

#include <cstdint>

namespace tintype::worker {

// Closes every descriptor but stdin, stdout, stderr (which become /dev/null) and `keep`.
void drop_descriptors(int keep);

// Takes from this process what image work does not need, for good: new privileges, core dumps, more than
// `memory_limit` bytes beyond its libraries, and, by seccomp(2), nearly all system calls: no file, socket, process or
// executable memory can be had any more. Call it once everything lazy has happened (warm_up.h). False if the kernel has
// no seccomp; the rest is in force then.
bool lock_in(std::uint64_t memory_limit);

}  // namespace tintype::worker
