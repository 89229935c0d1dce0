#pragma once

#include "adapters/engine_vips/framing.h"
#include "adapters/engine_vips/vips_image.h"

namespace tintype {

// Cuts `crop` out of `image`.
Result<VipsImagePtr> cut(VipsImage* image, const Crop& crop);

// Exactly `target`, each edge scaled by itself with Lanczos 3. Bands, format and profile stay as they are.
Result<VipsImagePtr> resize(VipsImage* image, Size target);

}  // namespace tintype
