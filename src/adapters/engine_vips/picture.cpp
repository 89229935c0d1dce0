// DESIGN. The order of the steps is what makes a render cheap: the decoder shrinks while it decodes, the crop comes
// before the resize, and whatever costs per pixel (colour, rotation) comes after it. Everything up to the resize is one
// streaming pass over the file in its stored orientation, so that a 64 MP JPEG needs a few lines in memory, not all.
// Rejected: vips_thumbnail, which does all this in one call but in 8.14.1 ignores fail_on, shrinks less on load, breaks
// CMYK, and lets the sniffers of all loaders see the file.
#include "adapters/engine_vips/picture.h"

#include <algorithm>
#include <utility>

#include "adapters/engine_vips/colour.h"
#include "adapters/engine_vips/decode_deadline.h"
#include "adapters/engine_vips/framing.h"
#include "adapters/engine_vips/image_file.h"
#include "adapters/engine_vips/resize.h"

namespace tintype {
namespace {

Size size_of(VipsImage* image) {
  return {vips_image_get_width(image), vips_image_get_height(image)};
}

Result<Size> stored_target(const ImageHeader& header, const RenderSpec& spec) {
  const Size upright = output_size(spec, {header.upright_width(), header.upright_height()});
  const int longest = std::max(upright.width, upright.height);
  if (longest > kMaxWebpEdge) {
    Error error{ErrorCode::ImageTooLarge, "the picture is longer or wider than a WebP can be", {}, {}};
    error.members = {{"limit", kMaxWebpEdge}, {"actual", longest}};
    return fail(std::move(error));
  }
  if (upright.width < 1 || upright.height < 1) return fail(ErrorCode::Internal, "a render needs a size");
  return header.swaps_edges() ? Size{upright.height, upright.width} : upright;
}

// The pass over the file: what is shown of it, in its stored orientation and colours, at its final size.
Result<VipsImagePtr> load_sized(VipsImage* source, RenderSpec::Fit fit, Size target, Deadline deadline) {
  const auto timed = stop_at_deadline(source, deadline);
  if (!timed) return fail(timed.error());
  const auto shown = cut(timed->get(), shown_part(fit, size_of(source), target));
  if (!shown) return fail(shown.error());
  const auto sized = resize(shown->get(), target);
  if (!sized) return fail(sized.error());
  return copy_to_memory(sized->get());
}

bool is_final(VipsImage* image) {
  return vips_image_get_interpretation(image) == VIPS_INTERPRETATION_sRGB &&
         vips_image_get_format(image) == VIPS_FORMAT_UCHAR && vips_image_get_orientation(image) == 1 &&
         vips_image_get_typeof(image, VIPS_META_ICC_NAME) == 0;
}

Result<VipsImagePtr> upright_srgb(VipsImagePtr sized) {
  if (is_final(sized.get())) return sized;
  const auto srgb = to_srgb(sized.get());
  if (!srgb) return fail(srgb.error());
  const auto upright = make_image([&](VipsImage** out) { return vips_autorot(srgb->get(), out, nullptr); });
  if (!upright) return fail(upright.error());
  return copy_to_memory(upright->get());
}

}  // namespace

Result<Picture> Picture::decode(std::span<const std::byte> file, ImageFormat format, const RenderSpec& spec,
                                Deadline deadline) {
  auto source = open_image_file(file, format);
  if (!source) return fail(source.error());
  const ImageHeader header = read_image_header(source->get(), format);
  const auto target = stored_target(header, spec);
  if (!target) return fail(target.error());

  const Crop shown = shown_part(spec.fit, {header.width, header.height}, *target);
  const int shrink = shrink_on_load(format, {shown.width, shown.height}, *target);
  if (shrink > 1) source = open_image_file(file, format, shrink);
  if (!source) return fail(source.error());

  auto sized = load_sized(source->get(), spec.fit, *target, deadline);
  if (!sized) return fail(sized.error());
  source->reset();  // the decoder's memory
  auto picture = upright_srgb(std::move(*sized));
  if (!picture) return fail(picture.error());
  return Picture(std::move(*picture));
}

PixelView Picture::pixels() const {
  const auto* const data = static_cast<const std::uint8_t*>(vips_image_get_data(image_.get()));
  const auto [width, height] = size_of(image_.get());
  const int channels = vips_image_get_bands(image_.get());
  return {{data, static_cast<std::size_t>(width) * height * channels}, width, height, channels};
}

}  // namespace tintype
