#include "adapters/engine_vips/webp_encoder.h"

#include <gmock/gmock.h>

#include <chrono>
#include <random>

#include "tests/support/webp_file.h"

namespace tintype {
namespace {

using testing_support::decode_webp;
using testing_support::riff_chunks;

std::vector<std::uint8_t> noise(std::size_t size) {
  std::vector<std::uint8_t> bytes(size);
  std::minstd_rand random(1);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random() >> 8);
  return bytes;
}

std::vector<std::byte> encode(const PixelView& pixels) {
  auto encoder = WebpEncoder::import(pixels);
  auto bytes = encoder->encode(90, 2, Deadline::never());
  EXPECT_TRUE(bytes);
  return bytes ? *bytes : std::vector<std::byte>();
}

TEST(WebpEncoder, RgbIsOneLossyChunk) {
  const std::vector<std::uint8_t> pixels(20 * 10 * 3, 200);
  const auto file = encode({pixels, 20, 10, 3});
  EXPECT_THAT(riff_chunks(file), testing::ElementsAre("VP8 "));
  EXPECT_LE(distance(decode_webp(file).at(0.5, 0.5), {200, 200, 200, 255}), 2);
}

TEST(WebpEncoder, OneClearPixelIsKept) {
  std::vector<std::uint8_t> pixels(20 * 10 * 4, 255);
  pixels[3] = 0;
  const auto file = encode({pixels, 20, 10, 4});
  EXPECT_THAT(riff_chunks(file), testing::ElementsAre("VP8X", "ALPH", "VP8 "));
  EXPECT_EQ(decode_webp(file).at(0, 0).alpha, 0);
  EXPECT_EQ(decode_webp(file).at(1, 1).alpha, 255);
}

TEST(WebpEncoder, OpaqueRgbaHasNoAlphaChunk) {
  const std::vector<std::uint8_t> pixels(20 * 10 * 4, 255);
  EXPECT_THAT(riff_chunks(encode({pixels, 20, 10, 4})), testing::ElementsAre("VP8 "));
}

TEST(WebpEncoder, DeadlineStopsIt) {
  constexpr int kEdge = 3000;  // some ten seconds of work
  const auto pixels = noise(3UL * kEdge * kEdge);
  auto encoder = WebpEncoder::import({pixels, kEdge, kEdge, 3});
  ASSERT_TRUE(encoder);
  const auto start = std::chrono::steady_clock::now();
  const auto bytes = encoder->encode(90, 6, Deadline::after(std::chrono::milliseconds(50)));
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().code, ErrorCode::DeadlineExceeded);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
}

TEST(WebpEncoder, QualityOutOfRangeIsInternal) {
  const std::vector<std::uint8_t> pixels(20 * 10 * 3, 200);
  auto encoder = WebpEncoder::import({pixels, 20, 10, 3});
  const auto bytes = encoder->encode(101, 2, Deadline::never());
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().code, ErrorCode::Internal);
}

}  // namespace
}  // namespace tintype
