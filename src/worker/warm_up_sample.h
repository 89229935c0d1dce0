#pragma once

#include <cstddef>
#include <span>

namespace tintype::worker {

// A small JPEG with an orientation (warm_up_sample.jpg, built in).
std::span<const std::byte> warm_up_sample();

}  // namespace tintype::worker
