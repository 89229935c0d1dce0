#include "adapters/engine_vips/png_orientation.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "base/text.h"

namespace tintype {
namespace {

using namespace std::string_literals;

const std::string kSignature = "\x89PNG\r\n\x1A\n"s;
const std::string kHeader = "\0\0\0\x0DIHDR"s + std::string(13 + 4, 'x');

std::string exif_chunk(const std::string& tiff) {
  return "\0\0\0"s + static_cast<char>(tiff.size()) + "eXIf" + tiff + "crc!";
}
std::string little_endian(char orientation, char type = 3) {
  return "II*\0\x08\0\0\0\x01\0\x12\x01"s + type + "\0\x01\0\0\0"s + orientation + "\0\0\0\0\0\0\0"s;
}

int orientation_of(const std::string& png) {
  const std::vector<std::byte> exact(as_bytes(png).begin(), as_bytes(png).end());  // so that the sanitizer sees the end
  return png_orientation(exact);
}

TEST(PngOrientation, LittleEndianIsRead) {
  EXPECT_EQ(orientation_of(kSignature + kHeader + exif_chunk(little_endian(6))), 6);
}

TEST(PngOrientation, BigEndianIsRead) {
  const auto tiff = "MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0\0\0\0\0"s;
  EXPECT_EQ(orientation_of(kSignature + kHeader + exif_chunk(tiff)), 8);
}

TEST(PngOrientation, NoChunkIsUpright) {
  EXPECT_EQ(orientation_of(kSignature + kHeader), 1);
  EXPECT_EQ(orientation_of(""), 1);
}

TEST(PngOrientation, NonsenseIsUpright) {
  EXPECT_EQ(orientation_of(kSignature + exif_chunk(little_endian(9))), 1);
  EXPECT_EQ(orientation_of(kSignature + exif_chunk(little_endian(0))), 1);
  EXPECT_EQ(orientation_of(kSignature + exif_chunk(little_endian(6, 4))), 1);
  EXPECT_EQ(orientation_of(kSignature + exif_chunk("II*\0\xFF\xFF\xFF\xFF"s)), 1);
  EXPECT_EQ(orientation_of(kSignature + "\xFF\xFF\xFF\xFFIDATeXIf"s), 1);
}

TEST(PngOrientation, TruncatedAnywhereIsReadWithinBounds) {
  const auto whole = kSignature + kHeader + exif_chunk(little_endian(6));
  for (std::size_t size = 0; size < whole.size() - 4; ++size)
    EXPECT_EQ(orientation_of(whole.substr(0, size)), 1) << size;
}

TEST(PngOrientation, RandomDamageIsReadWithinBounds) {
  const auto whole = kSignature + kHeader + exif_chunk(little_endian(6));
  std::minstd_rand random(1);
  for (int round = 0; round < 5000; ++round) {
    auto damaged = whole;
    for (int i = 0; i < 3; ++i) damaged[random() % damaged.size()] = static_cast<char>(random() >> 8);
    const int orientation = orientation_of(damaged);
    EXPECT_TRUE(orientation >= 1 && orientation <= 8);
  }
}

}  // namespace
}  // namespace tintype
