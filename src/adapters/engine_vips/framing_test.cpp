#include "adapters/engine_vips/framing.h"

#include <gtest/gtest.h>

namespace tintype {
namespace {

constexpr Size kThumbnail{400, 400};

TEST(CentredCrop, LandscapeKeepsTheMiddleSquare) {
  EXPECT_EQ(centred_crop({4000, 3000}, kThumbnail), (Crop{500, 0, 3000, 3000}));
}

TEST(CentredCrop, PortraitKeepsTheMiddleSquare) {
  EXPECT_EQ(centred_crop({3000, 4000}, kThumbnail), (Crop{0, 500, 3000, 3000}));
}

TEST(CentredCrop, TargetShapeIsKeptWhenItIsNotSquare) {
  EXPECT_EQ(centred_crop({1000, 1000}, {400, 200}), (Crop{0, 250, 1000, 500}));
}

TEST(CentredCrop, OnePixelLineGivesOnePixel) {
  EXPECT_EQ(centred_crop({16383, 1}, kThumbnail), (Crop{8191, 0, 1, 1}));
  EXPECT_EQ(centred_crop({1, 16383}, kThumbnail), (Crop{0, 8191, 1, 1}));
}

TEST(CentredCrop, NeverLessThanOnePixelForAThinTarget) {
  EXPECT_EQ(centred_crop({10, 10}, {16383, 1}), (Crop{0, 4, 10, 1}));
}

TEST(ShownPart, InsideShowsEverything) {
  EXPECT_EQ(shown_part(RenderSpec::Fit::Inside, {40, 30}, {4, 3}), (Crop{0, 0, 40, 30}));
}

TEST(ShrinkOnLoad, KeepsOneAndAHalfTimesTheTarget) {
  EXPECT_EQ(shrink_on_load(ImageFormat::Jpeg, {4800, 4800}, kThumbnail), 8);
  EXPECT_EQ(shrink_on_load(ImageFormat::Jpeg, {4799, 4800}, kThumbnail), 4);
  EXPECT_EQ(shrink_on_load(ImageFormat::Webp, {1200, 1200}, kThumbnail), 2);
  EXPECT_EQ(shrink_on_load(ImageFormat::Webp, {1199, 1199}, kThumbnail), 1);
}

TEST(ShrinkOnLoad, ShorterEdgeDecides) {
  EXPECT_EQ(shrink_on_load(ImageFormat::Jpeg, {16383, 1}, {2048, 1}), 1);
}

TEST(ShrinkOnLoad, PngCannot) {
  EXPECT_EQ(shrink_on_load(ImageFormat::Png, {9000, 9000}, kThumbnail), 1);
}

TEST(ShrinkOnLoad, EnlargementLoadsEverything) {
  EXPECT_EQ(shrink_on_load(ImageFormat::Jpeg, {1, 1}, kThumbnail), 1);
}

}  // namespace
}  // namespace tintype
