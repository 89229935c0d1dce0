#include "tests/support/test_images.h"

#include <vips/vips.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <span>
#include <string>

namespace tintype::testing_support {
namespace {

struct Unref {
  void operator()(VipsImage* image) const { g_object_unref(image); }
};
using ImagePtr = std::unique_ptr<VipsImage, Unref>;

void check(int status) {
  if (status == 0) return;
  std::fprintf(stderr, "no test image: %s", vips_error_buffer());
  std::abort();
}

template <typename Operation>
ImagePtr apply(Operation operation) {
  VipsImage* out = nullptr;
  check(operation(&out));
  return ImagePtr(out);
}

class Painter {
 public:
  explicit Painter(const TestImage& image) : image_(image) {}

  Colour at(int x, int y) {
    Colour colour = pattern_at(x, y);
    colour.alpha = image_.clear_right_half && x >= image_.width / 2 ? 0 : image_.flat.alpha;
    return colour;
  }

 private:
  Colour pattern_at(int x, int y) {
    switch (image_.pattern) {
      case Pattern::Quadrants:
        return quadrant_at(x, y);
      case Pattern::Flat:
        return image_.flat;
      case Pattern::Gradient:
        return {x * 255 / image_.width, y * 255 / image_.height, (x + y) / 16 % 256};
      case Pattern::Noise:
        break;
    }
    const auto random = noise_();
    return {static_cast<int>(random & 255), static_cast<int>(random >> 8 & 255), static_cast<int>(random >> 16 & 255)};
  }

  Colour quadrant_at(int x, int y) const {
    const bool left = x < image_.width / 2;
    if (y < image_.height / 2) return left ? kTopLeft : kTopRight;
    return left ? kBottomLeft : kBottomRight;
  }

  const TestImage& image_;
  std::minstd_rand noise_{1};
};

template <typename Sample>
ImagePtr paint(const TestImage& image) {
  constexpr int kScale = sizeof(Sample) == 1 ? 1 : 257;
  Painter painter(image);
  std::vector<Sample> samples;
  samples.reserve(static_cast<std::size_t>(image.width) * image.height * image.bands);
  const auto add = [&](int value) { samples.push_back(static_cast<Sample>(value * kScale)); };
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const Colour colour = painter.at(x, y);
      add(colour.red);
      if (image.bands >= 3) {
        add(colour.green);
        add(colour.blue);
      }
      if (image.bands % 2 == 0) add(colour.alpha);
    }
  }
  const auto format = sizeof(Sample) == 1 ? VIPS_FORMAT_UCHAR : VIPS_FORMAT_USHORT;
  return ImagePtr(vips_image_new_from_memory_copy(samples.data(), samples.size() * sizeof(Sample), image.width,
                                                  image.height, image.bands, format));
}

VipsInterpretation interpretation_of(const TestImage& image) {
  if (image.bands <= 2) return image.bits == 16 ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W;
  return image.bits == 16 ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB;
}

ImagePtr rotated(VipsImage* in, VipsAngle angle) {
  return apply([&](VipsImage** out) { return vips_rot(in, out, angle, nullptr); });
}
ImagePtr flipped(VipsImage* in, VipsDirection direction) {
  return apply([&](VipsImage** out) { return vips_flip(in, out, direction, nullptr); });
}

// The inverse of what the orientation tag asks a viewer to do (Exif 2.32, tag 0x0112).
ImagePtr as_stored(ImagePtr upright, int orientation) {
  switch (orientation) {
    case 2:
      return flipped(upright.get(), VIPS_DIRECTION_HORIZONTAL);
    case 3:
      return rotated(upright.get(), VIPS_ANGLE_D180);
    case 4:
      return flipped(upright.get(), VIPS_DIRECTION_VERTICAL);
    case 5:
      return flipped(rotated(upright.get(), VIPS_ANGLE_D90).get(), VIPS_DIRECTION_HORIZONTAL);
    case 6:
      return rotated(upright.get(), VIPS_ANGLE_D270);
    case 7:
      return flipped(rotated(upright.get(), VIPS_ANGLE_D270).get(), VIPS_DIRECTION_HORIZONTAL);
    case 8:
      return rotated(upright.get(), VIPS_ANGLE_D90);
    default:
      return upright;
  }
}

void embed_profile(VipsImage* image, const char* name) {
  VipsBlob* profile = nullptr;
  check(vips_profile_load(name, &profile, nullptr));
  std::size_t size = 0;
  const void* const data = vips_blob_get(profile, &size);
  vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, data, size);
  vips_area_unref(VIPS_AREA(profile));
}

ImagePtr to_cmyk(VipsImage* image, bool keep_profile) {
  const auto cmyk =
      apply([&](VipsImage** out) { return vips_icc_transform(image, out, "cmyk", "input_profile", "srgb", nullptr); });
  auto copy = apply([&](VipsImage** out) { return vips_copy(cmyk.get(), out, nullptr); });
  if (!keep_profile) vips_image_remove(copy.get(), VIPS_META_ICC_NAME);
  return copy;
}

void add_private_metadata(VipsImage* image) {
  const std::string secret = kSecret;
  const std::string xmp = "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">" + secret + "</x:xmpmeta>";
  vips_image_set_blob_copy(image, VIPS_META_XMP_NAME, xmp.data(), xmp.size());
  vips_image_set_string(image, "exif-ifd0-Artist", secret.c_str());
  vips_image_set_string(image, "exif-ifd3-GPSLatitudeRef", "N");
  vips_image_set_string(image, "exif-ifd3-GPSLatitude", "52/1 30/1 15/1");
}

// White frames under the first one, as libvips lays out an animation.
ImagePtr with_frames(ImagePtr first, int pages) {
  if (pages == 1) return first;
  const int height = vips_image_get_height(first.get());
  auto strip = apply([&](VipsImage** out) {
    return vips_embed(first.get(), out, 0, 0, vips_image_get_width(first.get()), height * pages, "extend",
                      VIPS_EXTEND_WHITE, nullptr);
  });
  vips_image_set_int(strip.get(), VIPS_META_PAGE_HEIGHT, height);
  return strip;
}

ImagePtr draw(const TestImage& image) {
  static const int kStarted = vips_init("tests");  // once: vips_init is not thread-safe
  check(kStarted);
  const auto painted = image.bits == 16 ? paint<std::uint16_t>(image) : paint<std::uint8_t>(image);
  auto upright = apply([&](VipsImage** out) {
    return vips_copy(painted.get(), out, "interpretation", interpretation_of(image), nullptr);
  });
  auto stored = as_stored(std::move(upright), image.orientation);
  auto result = with_frames(apply([&](VipsImage** out) { return vips_copy(stored.get(), out, nullptr); }), image.pages);
  if (image.profile == "cmyk") {
    result = to_cmyk(result.get(), image.keep_profile);
  } else if (!image.profile.empty()) {
    embed_profile(result.get(), std::string(image.profile).c_str());
  }
  if (image.orientation != 1) vips_image_set_int(result.get(), VIPS_META_ORIENTATION, image.orientation);
  if (image.private_metadata) add_private_metadata(result.get());
  return result;
}

template <typename Save>
ImageBytes save(Save operation) {
  void* data = nullptr;
  std::size_t size = 0;
  check(operation(&data, &size));
  const auto* const bytes = static_cast<const std::byte*>(data);
  ImageBytes file(bytes, bytes + size);
  g_free(data);
  return file;
}

// PNG third edition, annex D.
std::uint32_t crc_of(std::string_view text) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char byte : text) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
  }
  return ~crc;
}

// libvips 8.14 writes no EXIF into PNG, so the eXIf chunk is put behind the header by hand.
void insert_orientation(ImageBytes& png, int orientation) {
  constexpr std::size_t kAfterHeader = 8 + 12 + 13;
  std::string chunk("eXIfMM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0?\0\0\0\0\0\0", 30);
  chunk[23] = static_cast<char>(orientation);
  const std::uint32_t crc = crc_of(chunk);
  for (int shift = 24; shift >= 0; shift -= 8) chunk += static_cast<char>(crc >> shift);
  const auto bytes = to_bytes(std::string("\0\0\0\x1A", 4) + chunk);
  png.insert(png.begin() + kAfterHeader, bytes.begin(), bytes.end());
}

}  // namespace

ImageBytes make_jpeg(const TestImage& image) {
  const auto drawn = draw(image);
  return save([&](void** data, std::size_t* size) {
    return vips_jpegsave_buffer(drawn.get(), data, size, "Q", image.quality, "interlace", image.progressive, nullptr);
  });
}

ImageBytes make_png(const TestImage& image) {
  const auto drawn = draw(image);
  auto file = save([&](void** data, std::size_t* size) {
    const int bits = image.palette_bits > 0 ? image.palette_bits : image.bits;
    return vips_pngsave_buffer(drawn.get(), data, size, "interlace", image.progressive, "compression", 1, "palette",
                               image.palette_bits > 0, "bitdepth", bits, nullptr);
  });
  if (image.orientation != 1) insert_orientation(file, image.orientation);
  return file;
}

ImageBytes make_webp(const TestImage& image) {
  const auto drawn = draw(image);
  return save([&](void** data, std::size_t* size) {
    return vips_webpsave_buffer(drawn.get(), data, size, "Q", image.quality, "effort", 0, nullptr);
  });
}

ImageBytes truncated(ImageBytes file, int percent) {
  file.resize(file.size() * percent / 100);
  return file;
}

ImageBytes bit_rotten(ImageBytes file, int percent) {
  const std::span<std::byte> rest = std::span(file).subspan(file.size() * percent / 100);
  std::ranges::fill(rest.first(std::min<std::size_t>(64, rest.size())), std::byte{0xFF});
  return file;
}

ImageBytes to_bytes(std::string_view text) {
  const auto* const data = reinterpret_cast<const std::byte*>(text.data());
  return {data, data + text.size()};
}

}  // namespace tintype::testing_support
