#include "adapters/engine_vips/image_file.h"

#include "adapters/engine_vips/png_orientation.h"

namespace tintype {
namespace {

// "warning" is what sharp does: files that a team coming from sharp had accepted are accepted here, and no others. One
// step lower, libjpeg passes a scan with rotten bits as a picture full of garbage, and that would be stored for good.
// Some rot gets through all the same: libjpeg-turbo takes an impossible Huffman code for a zero without a word.
constexpr VipsFailOn kFailOn = VIPS_FAIL_ON_WARNING;

int load(std::span<const std::byte> file, ImageFormat format, int shrink, VipsImage** out) {
  void* const data = const_cast<std::byte*>(file.data());  // the C API takes void*, but only reads
  const std::size_t size = file.size();
  switch (format) {
    case ImageFormat::Jpeg:
      return vips_jpegload_buffer(data, size, out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", kFailOn, "shrink",
                                  shrink, nullptr);
    case ImageFormat::Png:
      return vips_pngload_buffer(data, size, out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", kFailOn, nullptr);
    case ImageFormat::Webp:
      break;
  }
  return vips_webpload_buffer(data, size, out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", kFailOn, "scale",
                              1.0 / shrink, nullptr);
}

bool is_interlaced(VipsImage* image) {
  int interlaced = 0;
  if (vips_image_get_typeof(image, "interlaced") == 0) return false;
  return vips_image_get_int(image, "interlaced", &interlaced) == 0 && interlaced != 0;
}

}  // namespace

Result<VipsImagePtr> open_image_file(std::span<const std::byte> file, ImageFormat format, int shrink) {
  auto image = make_image([&](VipsImage** out) { return load(file, format, shrink, out); });
  if (image && format == ImageFormat::Png) {
    vips_image_set_int(image->get(), VIPS_META_ORIENTATION, png_orientation(file));
  }
  return image;
}

ImageHeader read_image_header(VipsImage* image, ImageFormat format) {
  ImageHeader header;
  header.format = format;
  header.width = vips_image_get_width(image);
  header.height = vips_image_get_height(image);
  header.bands = vips_image_get_bands(image);
  header.bits_per_band = static_cast<int>(8 * vips_format_sizeof(vips_image_get_format(image)));
  header.orientation = vips_image_get_orientation(image);
  header.pages = vips_image_get_n_pages(image);
  header.progressive = is_interlaced(image);
  return header;
}

}  // namespace tintype
