#include "adapters/engine_vips/resize.h"

namespace tintype {
namespace {

Result<VipsImagePtr> scale_to(VipsImage* image, Size target) {
  const double horizontal = static_cast<double>(target.width) / vips_image_get_width(image);
  const double vertical = static_cast<double>(target.height) / vips_image_get_height(image);
  return make_image([&](VipsImage** out) { return vips_resize(image, out, horizontal, "vscale", vertical, nullptr); });
}

// Colours are weighted by their alpha while they are mixed; else the invisible colour of transparent pixels would bleed
// into the edge of what is visible. Done in floating point: 8 bit would lose the colour of nearly transparent pixels.
Result<VipsImagePtr> scale_with_alpha(VipsImage* image, Size target) {
  const VipsBandFormat format = vips_image_get_format(image);
  const double max_alpha = format == VIPS_FORMAT_USHORT ? 65535.0 : 255.0;
  const auto weighted =
      make_image([&](VipsImage** out) { return vips_premultiply(image, out, "max_alpha", max_alpha, nullptr); });
  if (!weighted) return fail(weighted.error());
  const auto scaled = scale_to(weighted->get(), target);
  if (!scaled) return fail(scaled.error());
  const auto straight = make_image(
      [&](VipsImage** out) { return vips_unpremultiply(scaled->get(), out, "max_alpha", max_alpha, nullptr); });
  if (!straight) return fail(straight.error());
  // vips_cast truncates.
  const auto rounded = make_image([&](VipsImage** out) { return vips_rint(straight->get(), out, nullptr); });
  if (!rounded) return fail(rounded.error());
  return make_image([&](VipsImage** out) { return vips_cast(rounded->get(), out, format, nullptr); });
}

}  // namespace

Result<VipsImagePtr> cut(VipsImage* image, const Crop& crop) {
  return make_image([&](VipsImage** out) {
    return vips_extract_area(image, out, crop.left, crop.top, crop.width, crop.height, nullptr);
  });
}

Result<VipsImagePtr> resize(VipsImage* image, Size target) {
  if (target == Size{vips_image_get_width(image), vips_image_get_height(image)}) {
    return make_image([&](VipsImage** out) { return vips_copy(image, out, nullptr); });
  }
  return vips_image_hasalpha(image) ? scale_with_alpha(image, target) : scale_to(image, target);
}

}  // namespace tintype
