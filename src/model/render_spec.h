#pragma once

#include <cstddef>

namespace tintype {

// What to make of an image. Output is always WebP, upright, sRGB, 8 bit, without metadata.
struct RenderSpec {
  enum class Fit {
    Inside,  // the whole picture, edges at most width x height, never enlarged; 0 x 0 keeps the size
    Cover,   // exactly width x height, centre cropped, enlarged if need be
  };
  Fit fit = Fit::Inside;
  int width = 0;  // pixels, 0 to kMaxWebpEdge
  int height = 0;
  int quality = 80;          // WebP, 1 to 100
  int effort = 2;            // WebP method, 0 to 6
  bool placeholder = false;  // also compute a ThumbHash
};

// Pictures of one file that are rendered at a time.
inline constexpr std::size_t kMostPictures = 4;

// VP8 stores an edge in 14 bits (RFC 6386 section 9.1).
inline constexpr int kMaxWebpEdge = 16383;

inline constexpr int kThumbnailEdge = 400;
inline constexpr int kThumbnailQuality = 80;

// How `Inside` and `Cover` shape an upright picture of source_width x source_height.
struct Size {
  int width = 0;
  int height = 0;
  friend bool operator==(const Size&, const Size&) = default;
};
Size output_size(const RenderSpec& spec, Size source);

}  // namespace tintype
