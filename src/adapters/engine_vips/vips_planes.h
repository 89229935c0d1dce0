#pragma once

#include <memory>

#include "adapters/engine_vips/plane_scaler.h"
#include "adapters/engine_vips/vips_image.h"

namespace tintype {

// Whether an image can be taken apart into planes: gray, RGB or CMYK of 8 bit, without alpha.
bool has_planes(VipsImage* image);

// Runs the pipeline that ends in such an image, strip by strip.
class VipsPlanes final : public PlaneSource {
 public:
  // `colour`: what RGB becomes, Rgb or YuvLimited. Gray and CMYK stay what they are.
  VipsPlanes(VipsImage* image, PlaneColour colour);

  const PlanesShape& shape() const override { return shape_; }
  int strip_rows() const override;
  Result<void> read_strip(const StripRows& rows) override;

 private:
  void split(const std::uint8_t* pixels, const StripRows& rows, std::size_t y) const;
  struct Unref {
    void operator()(VipsRegion* region) const { g_object_unref(region); }
  };
  std::unique_ptr<VipsRegion, Unref> region_;
  const PlanesShape shape_;
  int next_ = 0;
};

// `crop` of the image at `target`, in memory, with all else that the image says of itself. Errors: ImageUndecodable;
// DeadlineExceeded; Internal.
Result<VipsImagePtr> scale_by_planes(VipsImage* image, const Crop& crop, Size target, Deadline deadline);

}  // namespace tintype
