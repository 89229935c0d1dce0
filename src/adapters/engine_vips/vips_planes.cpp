#include "adapters/engine_vips/vips_planes.h"

namespace tintype {
namespace {

constexpr int kStrip = 16;

PlanesShape shape_of(VipsImage* image, PlaneColour colour) {
  const int bands = vips_image_get_bands(image);
  if (bands != 3) colour = bands == 1 ? PlaneColour::Gray : PlaneColour::Cmyk;
  return {.size = {vips_image_get_width(image), vips_image_get_height(image)}, .colour = colour};
}

template <int kBands>
void split_row(const std::uint8_t* pixels, int width, const std::array<std::uint8_t*, kBands>& rows) {
  for (int x = 0; x < width; ++x) {
    for (int band = 0; band < kBands; ++band) rows[static_cast<std::size_t>(band)][x] = pixels[kBands * x + band];
  }
}

// ITU-R BT.601 with the ranges of VP8, in 16 bits after the point.
void split_row_to_yuv(const std::uint8_t* pixels, int width, std::uint8_t* luma, std::uint8_t* blue,
                      std::uint8_t* red) {
  constexpr int kHalf = 1 << 15;
  for (int x = 0; x < width; ++x) {
    const int r = pixels[3 * x], g = pixels[3 * x + 1], b = pixels[3 * x + 2];
    luma[x] = static_cast<std::uint8_t>((16829 * r + 33039 * g + 6416 * b + kHalf + (16 << 16)) >> 16);
    blue[x] = static_cast<std::uint8_t>((-9714 * r - 19070 * g + 28784 * b + kHalf + (128 << 16)) >> 16);
    red[x] = static_cast<std::uint8_t>((28784 * r - 24103 * g - 4681 * b + kHalf + (128 << 16)) >> 16);
  }
}

void join_row(const Planes& planes, int y, std::uint8_t* pixels) {
  const int count = planes.shape().planes(), width = planes.shape().size.width;
  for (int plane = 0; plane < count; ++plane) {
    const std::uint8_t* const samples = planes.row(plane, y);
    for (int x = 0; x < width; ++x) pixels[count * x + plane] = samples[x];
  }
}

}  // namespace

bool has_planes(VipsImage* image) {
  const int bands = vips_image_get_bands(image);
  return (bands == 1 || bands == 3 || bands == 4) && vips_image_get_format(image) == VIPS_FORMAT_UCHAR &&
         vips_image_get_coding(image) == VIPS_CODING_NONE && vips_image_hasalpha(image) == 0;
}

VipsPlanes::VipsPlanes(VipsImage* image, PlaneColour colour)
    : region_(vips_region_new(image)), shape_(shape_of(image, colour)) {}

int VipsPlanes::strip_rows() const {
  return kStrip;
}

Result<void> VipsPlanes::read_strip(const StripRows& rows) {
  const VipsRect strip{0, next_, shape_.size.width, std::min(kStrip, shape_.size.height - next_)};
  if (vips_region_prepare(region_.get(), &strip) != 0) return fail(take_vips_error());
  for (int y = 0; y < strip.height; ++y) {
    const std::uint8_t* const pixels = VIPS_REGION_ADDR(region_.get(), 0, next_ + y);
    split(pixels, rows, static_cast<std::size_t>(y));
  }
  next_ += kStrip;
  return {};
}

void VipsPlanes::split(const std::uint8_t* pixels, const StripRows& rows, std::size_t y) const {
  const auto& [first, second, third, fourth] = rows.plane;
  switch (shape_.colour) {
    case PlaneColour::Gray:
      std::copy_n(pixels, shape_.size.width, first[y]);
      break;
    case PlaneColour::Cmyk:
      split_row<4>(pixels, shape_.size.width, {first[y], second[y], third[y], fourth[y]});
      break;
    case PlaneColour::YuvLimited:
      split_row_to_yuv(pixels, shape_.size.width, first[y], second[y], third[y]);
      break;
    default:
      split_row<3>(pixels, shape_.size.width, {first[y], second[y], third[y]});
  }
}

Result<VipsImagePtr> scale_by_planes(VipsImage* image, const Crop& crop, Size target, Deadline deadline) {
  VipsPlanes source(image, PlaneColour::Rgb);
  PlanesShape shape = source.shape();
  shape.size = target;
  const auto scaled = scale(source, crop, shape, deadline);
  if (!scaled) return fail(scaled.error());
  VipsImagePtr joined(vips_image_new_memory());
  if (vips_image_pipelinev(joined.get(), VIPS_DEMAND_STYLE_ANY, image, nullptr) != 0) return fail(take_vips_error());
  joined->Xsize = target.width;
  joined->Ysize = target.height;
  if (vips_image_write_prepare(joined.get()) != 0) return fail(take_vips_error());
  for (int y = 0; y < target.height; ++y) join_row(*scaled, y, VIPS_IMAGE_ADDR(joined.get(), 0, y));
  return joined;
}

}  // namespace tintype
