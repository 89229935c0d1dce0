// Reading what an engine made, with libwebp alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tests/support/test_images.h"

namespace tintype::testing_support {

struct DecodedWebp {
  int width = 0;  // 0 if it is not a WebP or not a whole one
  int height = 0;
  std::vector<std::uint8_t> rgba;

  // At fractions of the edges, 0 to 1.
  Colour at(double x, double y) const;
};
DecodedWebp decode_webp(std::span<const std::byte> file);

// The four-letter names of the RIFF chunks in order (RFC 9649 section 2.3); "broken" at the end if sizes do not add up.
std::vector<std::string> riff_chunks(std::span<const std::byte> file);

// The largest difference of a band, alpha included.
int distance(const Colour& a, const Colour& b);
// The mean difference of a band over all pixels; 255 if the sizes differ.
double mean_distance(const DecodedWebp& a, const DecodedWebp& b);

}  // namespace tintype::testing_support
