#include "adapters/engine_vips/png_orientation.h"

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/text.h"

namespace tintype {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::size_t kSignatureSize = 8;
constexpr std::size_t kChunkOverhead = 12;  // length, type, CRC
constexpr std::uint32_t kOrientationTag = 0x0112;
constexpr std::uint32_t kShort = 3;

// Of `size` bytes at `offset`.
std::optional<std::uint32_t> read_number(Bytes bytes, std::size_t offset, std::size_t size, bool big_endian) {
  if (offset > bytes.size() || size > bytes.size() - offset) return std::nullopt;
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    value = value << 8 | std::to_integer<std::uint32_t>(bytes[offset + (big_endian ? i : size - 1 - i)]);
  }
  return value;
}

// The contents of the first chunk of that type; empty if there is none.
Bytes find_chunk(Bytes png, std::string_view type) {
  std::size_t offset = kSignatureSize;
  while (const auto length = read_number(png, offset, 4, true)) {
    if (*length > png.size() - offset) return {};
    if (as_text(png.subspan(offset + 4)).starts_with(type)) {
      const Bytes contents = png.subspan(offset + 8);
      return contents.size() < *length ? Bytes{} : contents.first(*length);
    }
    offset += kChunkOverhead + *length;
  }
  return {};
}

// The first directory of a TIFF header (TIFF 6.0, section 2).
int tiff_orientation(Bytes tiff) {
  using namespace std::string_view_literals;
  const std::string_view text = as_text(tiff);
  const bool big_endian = text.starts_with("MM\0*"sv);
  if (!big_endian && !text.starts_with("II*\0"sv)) return 1;
  const std::size_t directory = read_number(tiff, 4, 4, big_endian).value_or(0);
  const std::size_t count = read_number(tiff, directory, 2, big_endian).value_or(0);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t entry = directory + 2 + 12 * i;
    if (read_number(tiff, entry, 2, big_endian) != kOrientationTag) continue;
    if (read_number(tiff, entry + 2, 2, big_endian) != kShort) return 1;
    const auto value = read_number(tiff, entry + 8, 2, big_endian).value_or(1);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

}  // namespace

int png_orientation(Bytes png) {
  return tiff_orientation(find_chunk(png, "eXIf"));
}

}  // namespace tintype
