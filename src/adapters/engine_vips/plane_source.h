#pragma once

#include <array>
#include <cstdint>

#include "adapters/engine_vips/planes.h"
#include "base/result.h"

namespace tintype {

// Where the rows of one strip go: [plane][row of that plane]. Each has room for row_bytes() samples.
struct StripRows {
  static constexpr int kMost = 32;
  std::array<std::array<std::uint8_t*, kMost>, kMostPlanes> plane{};
};

// A picture that is read once, strip by strip from the top, as decoders give it.
class PlaneSource {
 public:
  virtual ~PlaneSource() = default;

  virtual const PlanesShape& shape() const = 0;
  // Rows of a strip, 1 to StripRows::kMost; of chroma 2^-shift_y of them, which is a whole number.
  virtual int strip_rows() const = 0;
  // How many samples are written into a row at most; decoders write whole blocks.
  virtual int row_bytes(int plane) const { return shape().plane_size(plane).width; }
  // Writes the next strip; rows below the picture are writable, and what is written there does not matter.
  // Errors: ImageUndecodable.
  virtual Result<void> read_strip(const StripRows& rows) = 0;
};

}  // namespace tintype
