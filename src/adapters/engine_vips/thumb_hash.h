#pragma once

#include <cstddef>
#include <vector>

#include "adapters/engine_vips/pixel_view.h"

namespace tintype {

// A ThumbHash (evanw.github.io/thumbhash): about 25 bytes from which a client draws a blurred picture, with its shape
// and alpha, while the real one loads. Equal to what the reference encoder makes of the same pixels, if neither edge is
// over kThumbHashEdge; larger pictures are averaged down to that first.
inline constexpr int kThumbHashEdge = 100;
std::vector<std::byte> thumb_hash(const PixelView& pixels);

}  // namespace tintype
