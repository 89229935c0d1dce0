#pragma once

#include <cstddef>
#include <span>

#include "adapters/engine_vips/vips_image.h"
#include "model/image_format.h"
#include "model/image_header.h"

namespace tintype {

// Opens `file` with the loader of `format` and reads its header; pixels follow when a pipeline asks for them, from top
// to bottom, once. `shrink` (1, 2, 4 or 8; PNG only 1) makes the decoder itself deliver 1/shrink of each edge, which is
// much faster than decoding all. `file` must outlive the image. Errors: ImageUndecodable.
Result<VipsImagePtr> open_image_file(std::span<const std::byte> file, ImageFormat format, int shrink = 1);

// `image` as open_image_file gave it, with shrink 1.
ImageHeader read_image_header(VipsImage* image, ImageFormat format);

}  // namespace tintype
