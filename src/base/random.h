#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace tintype {

// Fills `bytes` from getrandom(2); suitable for secrets. Aborts if the kernel has no randomness to give.
void fill_random(std::span<std::byte> bytes);

// That many random bytes as text, two hex digits each.
std::string random_hex(std::size_t bytes);

// A number in [0, 1), each of 2^32 as likely as the others.
double random_share();

}  // namespace tintype
