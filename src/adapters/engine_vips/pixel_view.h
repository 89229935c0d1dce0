#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tintype {

// Borrowed 8-bit sRGB pixels, row after row without padding: RGB (3 channels) or RGBA with straight alpha (4).
struct PixelView {
  std::span<const std::uint8_t> bytes;
  int width = 0;
  int height = 0;
  int channels = 3;

  const std::uint8_t* at(int x, int y) const {
    return bytes.data() + (static_cast<std::size_t>(y) * width + x) * channels;
  }
};

}  // namespace tintype
