#pragma once

#include "adapters/engine_vips/vips_image.h"

namespace tintype {

// 8-bit sRGB with 3 bands, or 4 with straight alpha, from gray, RGB or CMYK of 8 or 16 bit. An embedded ICC profile is
// honoured if it fits the bands, else ignored, as sharp does; CMYK without one is read as libvips' own "cmyk".
// `image` must be in memory: the bands are taken apart, and each part would run a lazy pipeline again.
Result<VipsImagePtr> to_srgb(VipsImage* image);

// Whether the image has a profile that says that its colours are not sRGB's.
bool has_foreign_profile(VipsImage* image);

}  // namespace tintype
