#pragma once

#include "model/image_format.h"

namespace tintype {

// What a file says about itself before any pixel is decoded. Hostile: nothing of it is trusted beyond choosing limits.
struct ImageHeader {
  ImageFormat format = ImageFormat::Jpeg;
  int width = 0;  // pixels, as stored: before the orientation is applied
  int height = 0;
  int bands = 0;  // 1 gray, 2 gray + alpha, 3 RGB, 4 RGBA or CMYK
  int bits_per_band = 8;
  int orientation = 1;       // EXIF 1 to 8; 5 to 8 swap width and height
  int pages = 1;             // frames of an animation
  bool progressive = false;  // needs all coefficients in memory

  bool swaps_edges() const { return orientation >= 5; }
  int upright_width() const { return swaps_edges() ? height : width; }
  int upright_height() const { return swaps_edges() ? width : height; }
};

}  // namespace tintype
