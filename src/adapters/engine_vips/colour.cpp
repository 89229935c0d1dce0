#include "adapters/engine_vips/colour.h"

#include <span>

#include "adapters/engine_vips/icc_profile.h"

namespace tintype {
namespace {

std::span<const std::byte> embedded_profile(VipsImage* image) {
  if (vips_image_get_typeof(image, VIPS_META_ICC_NAME) == 0) return {};
  const void* data = nullptr;
  std::size_t size = 0;
  if (vips_image_get_blob(image, VIPS_META_ICC_NAME, &data, &size) != 0) return {};
  return {static_cast<const std::byte*>(data), size};
}

// Perceptual, as sharp does: it only matters to profiles with tables, where it keeps gradations out of gamut.
int convert_by_profile(VipsImage* in, VipsImage** out, bool embedded) {
  return vips_icc_transform(in, out, "srgb", "embedded", embedded ? TRUE : FALSE, "input_profile",
                            vips_image_get_interpretation(in) == VIPS_INTERPRETATION_CMYK ? "cmyk" : "srgb", "intent",
                            VIPS_INTENT_PERCEPTUAL, "depth", 8, nullptr);
}

Result<VipsImagePtr> colour_to_srgb(VipsImage* colour) {
  const bool cmyk = vips_image_get_interpretation(colour) == VIPS_INTERPRETATION_CMYK;
  if (has_foreign_profile(colour)) {
    auto converted = make_image([&](VipsImage** out) { return convert_by_profile(colour, out, true); });
    if (converted) return converted;  // else the profile is broken inside: go on without it
  }
  return make_image([&](VipsImage** out) {
    return cmyk ? convert_by_profile(colour, out, false)
                : vips_colourspace(colour, out, VIPS_INTERPRETATION_sRGB, nullptr);
  });
}

Result<VipsImagePtr> to_8_bit(VipsImage* alpha) {
  return make_image([&](VipsImage** out) {
    const gboolean shift = vips_image_get_format(alpha) == VIPS_FORMAT_USHORT;
    return vips_cast(alpha, out, VIPS_FORMAT_UCHAR, "shift", shift, nullptr);
  });
}

Result<VipsImagePtr> extract_bands(VipsImage* image, int first, int count) {
  return make_image([&](VipsImage** out) { return vips_extract_band(image, out, first, "n", count, nullptr); });
}

// libvips 8.14.1 crashes on ICC conversion of some images with alpha, so alpha goes round it.
Result<VipsImagePtr> to_srgb_beside_alpha(VipsImage* image) {
  const int colours = vips_image_get_bands(image) - 1;
  const auto colour = extract_bands(image, 0, colours);
  if (!colour) return fail(colour.error());
  const auto srgb = colour_to_srgb(colour->get());
  if (!srgb) return fail(srgb.error());
  const auto alpha = extract_bands(image, colours, 1);
  if (!alpha) return fail(alpha.error());
  const auto alpha8 = to_8_bit(alpha->get());
  if (!alpha8) return fail(alpha8.error());
  return make_image([&](VipsImage** out) { return vips_bandjoin2(srgb->get(), alpha8->get(), out, nullptr); });
}

}  // namespace

bool has_foreign_profile(VipsImage* image) {
  const auto profile = embedded_profile(image);
  return icc_profile_bands(profile) == vips_image_get_bands(image) && !is_srgb_profile(profile);
}

Result<VipsImagePtr> to_srgb(VipsImage* image) {
  return vips_image_hasalpha(image) ? to_srgb_beside_alpha(image) : colour_to_srgb(image);
}

}  // namespace tintype
