// DESIGN. A JPEG or lossy WebP that is sRGB, as nearly all are, stays in the planes that it is stored in, from
// libjpeg-turbo through a scaler of ours into libwebp: nothing is upsampled, turned into RGB and back. All else goes
// through libvips. The order of the steps is what makes a render cheap: the decoder shrinks while it decodes, the crop
// comes before the resize, and whatever costs per pixel (colour, rotation) comes after it. Everything up to the resize
// is one streaming pass over the file in its stored orientation, so that a 64 MP JPEG needs a few lines in memory, not
// all. Rejected: vips_thumbnail, which does all this in one call but in 8.14.1 ignores fail_on, shrinks less on load,
// breaks CMYK, and lets the sniffers of all loaders see the file.
#include "adapters/engine_vips/picture.h"

#include <algorithm>
#include <utility>

#include "adapters/engine_vips/colour.h"
#include "adapters/engine_vips/decode_deadline.h"
#include "adapters/engine_vips/framing.h"
#include "adapters/engine_vips/image_file.h"
#include "adapters/engine_vips/jpeg_planes.h"
#include "adapters/engine_vips/plane_scaler.h"
#include "adapters/engine_vips/resize.h"
#include "adapters/engine_vips/thumb_hash.h"
#include "adapters/engine_vips/vips_planes.h"
#include "adapters/engine_vips/webp_planes.h"

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
  const Crop shown = shown_part(fit, size_of(source), target);
  if (has_planes(source)) return scale_by_planes(timed->get(), shown, target, deadline);
  const auto part = cut(timed->get(), shown);
  if (!part) return fail(part.error());
  const auto sized = resize(part->get(), target);
  if (!sized) return fail(sized.error());
  return copy_to_memory(sized->get());
}

// The same for what is sRGB already, and opaque.
template <typename Source>
Result<Planes> load_planes(Source& source, RenderSpec::Fit fit, Size target, Deadline deadline) {
  return scale(source, shown_part(fit, source.shape().size, target), webp_shape(target), deadline);
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

PixelView view_of(VipsImage* image) {
  const auto* const data = static_cast<const std::uint8_t*>(vips_image_get_data(image));
  const auto [width, height] = size_of(image);
  const int channels = vips_image_get_bands(image);
  return {{data, static_cast<std::size_t>(width) * height * channels}, width, height, channels};
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
  const bool is_srgb = !has_foreign_profile(source->get());
  if (format == ImageFormat::Jpeg && is_srgb) {
    if (const auto planes = JpegPlanes::open(file, shrink, deadline)) {
      return upright_planes(load_planes(*planes, spec.fit, *target, deadline), header.orientation);
    }
  }
  if (format == ImageFormat::Webp && is_srgb) {
    const auto planes = decode_webp_planes(file);
    if (!planes) return fail(planes.error());
    if (*planes) return upright_planes(load_planes(**planes, spec.fit, *target, deadline), header.orientation);
  }
  if (shrink > 1) source = open_image_file(file, format, shrink);
  if (!source) return fail(source.error());
  if (is_srgb && has_planes(source->get()) && vips_image_get_bands(source->get()) <= 3) {
    VipsPlanes planes(source->get(), PlaneColour::YuvLimited);
    return upright_planes(load_planes(planes, spec.fit, *target, deadline), header.orientation);
  }
  return decode_by_vips(std::move(*source), spec.fit, *target, deadline);
}

Result<Picture> Picture::upright_planes(Result<Planes> stored, int orientation) {
  if (!stored) return fail(stored.error());
  return Picture(upright(std::move(*stored), orientation));
}

Result<Picture> Picture::decode_by_vips(VipsImagePtr source, RenderSpec::Fit fit, Size target, Deadline deadline) {
  auto sized = load_sized(source.get(), fit, target, deadline);
  if (!sized) return fail(sized.error());
  source.reset();  // the decoder's memory
  auto picture = upright_srgb(std::move(*sized));
  if (!picture) return fail(picture.error());
  return Picture(std::move(*picture));
}

Size Picture::size() const {
  if (const auto* const planes = std::get_if<Planes>(&pixels_)) return planes->shape().size;
  return size_of(std::get<VipsImagePtr>(pixels_).get());
}

Result<std::optional<Picture>> Picture::scaled(const RenderSpec& spec, Deadline deadline) const {
  const Size target = output_size(spec, size());
  const Crop shown = shown_part(spec.fit, size(), target);
  if (shown.width < target.width || shown.height < target.height) return std::optional<Picture>();
  if (const auto* const planes = std::get_if<Planes>(&pixels_)) {
    auto smaller = scale(*planes, shown, webp_shape(target), deadline);
    if (!smaller) return fail(smaller.error());
    return Picture(std::move(*smaller));
  }
  auto smaller = load_sized(std::get<VipsImagePtr>(pixels_).get(), spec.fit, target, deadline);
  if (!smaller) return fail(smaller.error());
  return Picture(std::move(*smaller));
}

std::vector<std::byte> Picture::thumb_hash() const {
  if (const auto* const planes = std::get_if<Planes>(&pixels_)) {
    const SmallRgb small = averaged_rgb(*planes, kThumbHashEdge);
    return tintype::thumb_hash({small.bytes, small.width, small.height});
  }
  return tintype::thumb_hash(view_of(std::get<VipsImagePtr>(pixels_).get()));
}

Result<WebpEncoder> Picture::encoder() && {
  if (auto* const planes = std::get_if<Planes>(&pixels_)) return WebpEncoder::take(std::move(*planes));
  auto image = std::move(std::get<VipsImagePtr>(pixels_));
  return WebpEncoder::import(view_of(image.get()));
}

}  // namespace tintype
