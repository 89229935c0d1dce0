// Image files for tests, made on the spot: every value of TestImage gives the same bytes each time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace tintype::testing_support {

using ImageBytes = std::vector<std::byte>;

struct Colour {
  int red = 0;
  int green = 0;
  int blue = 0;
  int alpha = 255;
};

// The corners of Pattern::Quadrants in the upright picture.
inline constexpr Colour kTopLeft{220, 40, 40};
inline constexpr Colour kTopRight{40, 200, 60};
inline constexpr Colour kBottomLeft{40, 60, 220};
inline constexpr Colour kBottomRight{240, 220, 80};

enum class Pattern {
  Quadrants,  // four colours, so that turning and cropping show
  Flat,       // `flat` everywhere
  Gradient,   // soft, compresses well
  Noise,      // hard, compresses badly
};

struct TestImage {
  int width = 160;  // upright
  int height = 120;
  Pattern pattern = Pattern::Quadrants;
  Colour flat = {};               // its alpha holds for every pattern
  bool clear_right_half = false;  // alpha 0 there; needs alpha
  int bands = 3;                  // 1 gray, 2 gray + alpha, 3 RGB, 4 RGBA
  int bits = 8;                   // 8, or 16 for PNG
  int orientation = 1;  // EXIF 1 to 8; the stored pixels are turned so that the upright picture stays the same
  std::string_view profile = {};  // "srgb" or "p3": embedded, pixels unchanged; "cmyk": pixels converted (JPEG only)
  bool keep_profile = true;       // false: converted by `profile`, but not embedded
  bool private_metadata = false;  // EXIF with GPS and an artist, XMP; each with kSecret in it
  bool progressive = false;       // JPEG, PNG
  int palette_bits = 0;           // PNG: 1, 2, 4 or 8 bit with a palette
  int pages = 1;                  // WebP: 2 for an animation, whose other frame is white
  int quality = 90;               // JPEG, WebP
};

inline constexpr const char* kSecret = "SECRET-PLACE";

ImageBytes make_jpeg(const TestImage& image);
ImageBytes make_png(const TestImage& image);
ImageBytes make_webp(const TestImage& image);

// The first `percent` of the file.
ImageBytes truncated(ImageBytes file, int percent);
// The file with 64 bytes at `percent` of it erased to ones, as worn flash has them.
ImageBytes bit_rotten(ImageBytes file, int percent);
ImageBytes to_bytes(std::string_view text);

}  // namespace tintype::testing_support
