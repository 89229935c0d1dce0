#include "tests/support/webp_file.h"

#include <webp/decode.h>

#include <algorithm>
#include <cstdlib>

namespace tintype::testing_support {

Colour DecodedWebp::at(double x, double y) const {
  const auto place = [](double fraction, int edge) { return std::min(static_cast<int>(fraction * edge), edge - 1); };
  const std::uint8_t* const pixel =
      &rgba.at(4 * (static_cast<std::size_t>(place(y, height)) * width + place(x, width)));
  return {pixel[0], pixel[1], pixel[2], pixel[3]};
}

DecodedWebp decode_webp(std::span<const std::byte> file) {
  DecodedWebp decoded;
  std::uint8_t* const pixels =
      WebPDecodeRGBA(reinterpret_cast<const std::uint8_t*>(file.data()), file.size(), &decoded.width, &decoded.height);
  if (pixels == nullptr) return {};
  decoded.rgba.assign(pixels, pixels + static_cast<std::size_t>(decoded.width) * decoded.height * 4);
  WebPFree(pixels);
  return decoded;
}

std::vector<std::string> riff_chunks(std::span<const std::byte> file) {
  std::vector<std::string> names;
  std::size_t offset = 12;
  while (offset + 8 <= file.size()) {
    const auto* const name = reinterpret_cast<const char*>(file.data() + offset);
    names.emplace_back(name, 4);
    std::size_t size = 0;
    for (std::size_t i = 0; i < 4; ++i) size |= std::to_integer<std::size_t>(file[offset + 4 + i]) << (8 * i);
    offset += 8 + size + size % 2;
  }
  if (offset != file.size()) names.emplace_back("broken");
  return names;
}

int distance(const Colour& a, const Colour& b) {
  return std::max(
      {std::abs(a.red - b.red), std::abs(a.green - b.green), std::abs(a.blue - b.blue), std::abs(a.alpha - b.alpha)});
}

double mean_distance(const DecodedWebp& a, const DecodedWebp& b) {
  if (a.width != b.width || a.height != b.height || a.rgba.empty()) return 255;
  double sum = 0;
  for (std::size_t i = 0; i < a.rgba.size(); ++i) sum += std::abs(a.rgba[i] - b.rgba[i]);
  return sum / static_cast<double>(a.rgba.size());
}

}  // namespace tintype::testing_support
