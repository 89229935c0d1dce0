#pragma once

#include <cstddef>
#include <span>

#include "adapters/engine_vips/pixel_view.h"
#include "adapters/engine_vips/vips_image.h"
#include "base/deadline.h"
#include "model/image_format.h"
#include "model/render_spec.h"

namespace tintype {

// What a render shows, before it is encoded: upright, sized, 8-bit sRGB, in memory.
class Picture {
 public:
  // Decodes `file`. Errors: ImageUndecodable, also when the deadline passes; ImageTooLarge if the result would have an
  // edge over kMaxWebpEdge. A Cover judges only what it shows: damage below the crop may go unnoticed.
  static Result<Picture> decode(std::span<const std::byte> file, ImageFormat format, const RenderSpec& spec,
                                Deadline deadline);

  PixelView pixels() const;

 private:
  explicit Picture(VipsImagePtr image) : image_(std::move(image)) {}

  VipsImagePtr image_;
};

}  // namespace tintype
