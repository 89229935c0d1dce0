#pragma once

#include <cstddef>
#include <span>

namespace tintype {

// Fills `bytes` from getrandom(2); suitable for secrets. Aborts if the kernel has no randomness to give.
void fill_random(std::span<std::byte> bytes);

}  // namespace tintype
