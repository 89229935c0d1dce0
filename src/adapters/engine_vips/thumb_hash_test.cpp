#include "adapters/engine_vips/thumb_hash.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace tintype {
namespace {

class Canvas {
 public:
  template <typename Formula>
  Canvas(int width, int height, int channels, Formula formula) : width_(width), height_(height), channels_(channels) {
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const std::array<int, 4> pixel = formula(x, y);
        for (int band = 0; band < channels; ++band) bytes_.push_back(static_cast<std::uint8_t>(pixel[band] % 256));
      }
    }
  }
  PixelView view() const { return {bytes_, width_, height_, channels_}; }

 private:
  std::vector<std::uint8_t> bytes_;
  int width_, height_, channels_;
};

// The expected hashes are what the reference encoder (npm thumbhash 0.1.1) makes of the same pixels.
TEST(ThumbHash, LandscapeEqualsTheReference) {
  const Canvas canvas(40, 30, 4, [](int x, int y) { return std::array{x * 6, y * 8, x * 3 + y * 5, 255}; });
  EXPECT_EQ(hex(thumb_hash(canvas.view())), "9e070e0d987177777078788787778787969f09f788");
}

TEST(ThumbHash, PortraitWithAlphaEqualsTheReference) {
  const Canvas canvas(24, 60, 4,
                      [](int x, int y) { return std::array{255 - x * 10 % 256, y * 4, x * y, x * 7 + y * 3}; });
  EXPECT_EQ(hex(thumb_hash(canvas.view())), "5f18862a08186d808778778f73faf8873477048ab27887");
}

TEST(ThumbHash, BusySquareEqualsTheReference) {
  const Canvas canvas(100, 100, 4, [](int x, int y) { return std::array{x * x, x * y, y * y, 255}; });
  EXPECT_EQ(hex(thumb_hash(canvas.view())), "1ce80517023241067277777377177747777610f2f700ad0c");
}

TEST(ThumbHash, RgbEqualsOpaqueRgba) {
  const auto formula = [](int x, int y) { return std::array{x * 6, y * 8, x * 3 + y * 5, 255}; };
  EXPECT_EQ(thumb_hash(Canvas(40, 30, 3, formula).view()), thumb_hash(Canvas(40, 30, 4, formula).view()));
}

TEST(ThumbHash, LargePictureIsAveragedDownFirst) {
  const auto small = [](int x, int y) { return std::array{x * 2, y * 2, x + y, 255}; };
  const auto large = [&](int x, int y) { return small(x / 4, y / 4); };
  EXPECT_EQ(thumb_hash(Canvas(400, 300, 3, large).view()), thumb_hash(Canvas(100, 75, 3, small).view()));
}

TEST(ThumbHash, ThinPictureHasAHash) {
  const auto white = [](int, int) { return std::array{255, 255, 255, 255}; };
  EXPECT_GE(thumb_hash(Canvas(16383, 1, 3, white).view()).size(), 10U);
  EXPECT_GE(thumb_hash(Canvas(1, 1, 3, white).view()).size(), 10U);
}

TEST(ThumbHash, InvisiblePictureHasAHash) {
  const auto clear = [](int, int) { return std::array{9, 9, 9, 0}; };
  EXPECT_GE(thumb_hash(Canvas(8, 8, 4, clear).view()).size(), 10U);
}

}  // namespace
}  // namespace tintype
