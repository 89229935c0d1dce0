// Pictures as planes of 8-bit samples, the form in which codecs hold them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "model/render_spec.h"

namespace tintype {

inline constexpr std::size_t kMostPlanes = 4;

enum class PlaneColour {
  Gray,        // one plane, 0 to 255
  Rgb,         // three
  Cmyk,        // four, as the file has them
  YuvFull,     // three, BT.601, 0 to 255: JFIF
  YuvLimited,  // three, BT.601, 16 to 235 and 16 to 240: VP8
};

struct PlanesShape {
  Size size;
  PlaneColour colour = PlaneColour::Rgb;
  // Of the two planes of chroma, which have 2^-shift of the samples, centred between those of luma and rounded up.
  int shift_x = 0;
  int shift_y = 0;

  int planes() const;
  Size plane_size(int plane) const;
};
// 4:2:0, which is all that a lossy WebP has.
PlanesShape webp_shape(Size size);

// A picture in memory, each row aligned to a line of the cache.
class Planes {
 public:
  // Uninitialised. May throw bad_alloc.
  explicit Planes(const PlanesShape& shape);

  const PlanesShape& shape() const { return shape_; }
  std::uint8_t* data(int plane) const { return planes_[static_cast<std::size_t>(plane)].data.get(); }
  // Bytes from row to row.
  std::ptrdiff_t stride(int plane) const { return planes_[static_cast<std::size_t>(plane)].stride; }
  std::uint8_t* row(int plane, int y) const { return data(plane) + y * stride(plane); }

 private:
  struct Free {
    void operator()(std::uint8_t* data) const;
  };
  struct Plane {
    std::unique_ptr<std::uint8_t, Free> data;
    std::ptrdiff_t stride = 0;
  };
  PlanesShape shape_;
  std::array<Plane, kMostPlanes> planes_;
};

// The picture as it is to be seen, from how it is stored (EXIF orientation, 1 to 8).
Planes upright(Planes stored, int orientation);

// RGB, row after row, of a YuvLimited picture averaged down to edges of at most `longest`.
struct SmallRgb {
  std::vector<std::uint8_t> bytes;
  int width = 0;
  int height = 0;
};
SmallRgb averaged_rgb(const Planes& picture, int longest);

}  // namespace tintype
