// Colour spaces, bit depths and alpha.
#include <gmock/gmock.h>

#include "tests/contract/image_engine_contract.h"

namespace tintype {
namespace {

using namespace testing_support;
using testing::ElementsAre;

constexpr Colour kClay{180, 80, 60};

void expect_flat(const DecodedWebp& decoded, const Colour& expected, int tolerance = 3) {
  ASSERT_GT(decoded.width, 0);
  for (const double place : {0.1, 0.5, 0.9}) {
    const Colour colour = decoded.at(place, place);
    EXPECT_LE(distance(colour, expected), tolerance)
        << colour.red << " " << colour.green << " " << colour.blue << " " << colour.alpha;
  }
}

TEST_P(ImageEngineContract, DisplayP3IsConvertedToSrgb) {
  const TestImage image{.pattern = Pattern::Flat, .flat = kClay, .profile = "p3"};
  const Colour expected{194, 72, 52};  // CSS Color 4, section 10.2: color(display-p3 180/255 80/255 60/255)
  expect_flat(picture(make_jpeg(image), inside(50)), expected);
  expect_flat(picture(make_png(image), inside(50)), expected);
  expect_flat(picture(make_webp(image), inside(50)), expected);
}

TEST_P(ImageEngineContract, DisplayP3WithAlphaIsConvertedToSrgb) {
  Colour translucent = kClay;
  translucent.alpha = 128;
  const auto file = make_png({.pattern = Pattern::Flat, .flat = translucent, .bands = 4, .profile = "p3"});
  expect_flat(picture(file, inside(50)), {194, 72, 52, 128});
}

TEST_P(ImageEngineContract, DisplayP3Of16BitIsConvertedToSrgb) {
  const TestImage image{.pattern = Pattern::Flat, .flat = kClay, .bits = 16, .profile = "p3"};
  expect_flat(picture(make_png(image), inside(50)), {194, 72, 52});
}

TEST_P(ImageEngineContract, SrgbProfileChangesNothing) {
  const auto with = make_jpeg({.pattern = Pattern::Gradient, .profile = "srgb"});
  const auto without = make_jpeg({.pattern = Pattern::Gradient});
  ASSERT_NE(with, without);
  EXPECT_EQ(render(with, inside(100)).bytes, render(without, inside(100)).bytes);
}

TEST_P(ImageEngineContract, ProfileThatDoesNotFitTheBandsIsIgnored) {
  const auto with = make_png({.pattern = Pattern::Gradient, .bands = 1, .profile = "p3"});
  const auto without = make_png({.pattern = Pattern::Gradient, .bands = 1});
  EXPECT_EQ(render(with, inside(100)).bytes, render(without, inside(100)).bytes);
}

TEST_P(ImageEngineContract, CmykWithProfileGetsItsColoursBack) {
  const auto decoded = picture(make_jpeg({.pattern = Pattern::Flat, .flat = kClay, .profile = "cmyk"}), inside(50));
  expect_flat(decoded, kClay, 12);  // 12: out and back through two tables of a print profile
}

TEST_P(ImageEngineContract, CmykWithoutProfileIsReadAsPrint) {
  const auto file =
      make_jpeg({.pattern = Pattern::Flat, .flat = kClay, .profile = "cmyk", .keep_profile = false, .quality = 95});
  expect_flat(picture(file, inside(50)), kClay, 12);
}

TEST_P(ImageEngineContract, CmykIsNotInverted) {
  const auto file = make_jpeg({.pattern = Pattern::Flat, .flat = {250, 250, 250}, .profile = "cmyk"});
  EXPECT_GT(picture(file, inside(50)).at(0.5, 0.5).green, 230);
}

TEST_P(ImageEngineContract, CmykIsTurnedUpright) {
  const auto decoded = picture(make_jpeg({.width = 200, .height = 100, .orientation = 6, .profile = "cmyk"}), as_is());
  ASSERT_EQ(decoded.width, 200);
  EXPECT_LE(distance(decoded.at(0.25, 0.25), kTopLeft), 30);
}

TEST_P(ImageEngineContract, GrayBecomesRgb) {
  const TestImage image{.pattern = Pattern::Flat, .flat = {100, 0, 0}, .bands = 1};
  expect_flat(picture(make_jpeg(image), inside(50)), {100, 100, 100});
  expect_flat(picture(make_png(image), inside(50)), {100, 100, 100});
}

TEST_P(ImageEngineContract, GrayOf16BitBecomesRgb) {
  const auto file = make_png({.pattern = Pattern::Flat, .flat = {100, 0, 0}, .bands = 1, .bits = 16});
  expect_flat(picture(file, inside(50)), {100, 100, 100});
}

TEST_P(ImageEngineContract, GrayWithAlphaKeepsBoth) {
  for (const int bits : {8, 16}) {
    const auto file = make_png({.pattern = Pattern::Flat, .flat = {100, 0, 0, 60}, .bands = 2, .bits = bits});
    expect_flat(picture(file, inside(50)), {100, 100, 100, 60});
    expect_flat(picture(file, as_is()), {100, 100, 100, 60});
  }
}

TEST_P(ImageEngineContract, ColourOf16BitIsKept) {
  expect_flat(picture(make_png({.pattern = Pattern::Flat, .flat = kClay, .bits = 16}), inside(50)), kClay);
}

TEST_P(ImageEngineContract, AlphaOf16BitIsKept) {
  const auto file = make_png({.pattern = Pattern::Flat, .flat = {180, 80, 60, 60}, .bands = 4, .bits = 16});
  expect_flat(picture(file, inside(50)), {180, 80, 60, 60});
  expect_flat(picture(file, as_is()), {180, 80, 60, 60});
}

TEST_P(ImageEngineContract, PalettePngKeepsItsColours) {
  for (const int bits : {1, 8}) {
    const auto file = make_png({.pattern = Pattern::Flat, .flat = kClay, .palette_bits = bits});
    expect_flat(picture(file, inside(50)), kClay, 6);
  }
}

// The right half is invisible, but has colours; they must not be seen where the two meet.
TEST_P(ImageEngineContract, InvisibleColoursDoNotBleed) {
  for (const int bits : {8, 16}) {
    const auto file = make_png({.width = 450, .height = 300, .clear_right_half = true, .bands = 4, .bits = bits});
    const auto decoded = picture(file, {.width = 100, .height = 100, .quality = 95});
    int edge_pixels = 0;
    for (int x = 0; x < decoded.width; ++x) {
      Colour colour = decoded.at((x + 0.5) / decoded.width, 0.25);
      if (colour.alpha < 16) continue;
      edge_pixels += colour.alpha < 250 ? 1 : 0;
      colour.alpha = 255;
      EXPECT_LE(distance(colour, kTopLeft), 30) << "column " << x;
    }
    EXPECT_GT(edge_pixels, 0);
    EXPECT_EQ(decoded.at(0.9, 0.25).alpha, 0);
    EXPECT_EQ(decoded.at(0.1, 0.25).alpha, 255);
  }
}

TEST_P(ImageEngineContract, AlphaOfWebpIsKept) {
  const auto decoded = picture(make_webp({.clear_right_half = true, .bands = 4}), as_is());
  EXPECT_EQ(decoded.at(0.9, 0.25).alpha, 0);
  EXPECT_LE(distance(decoded.at(0.2, 0.2), kTopLeft), 8);
}

TEST_P(ImageEngineContract, OpaqueAlphaIsNotStored) {
  for (const auto& spec : {inside(100), as_is(), thumbnail()}) {
    EXPECT_THAT(riff_chunks(render(make_png({.bands = 4}), spec).bytes), ElementsAre("VP8 "));
  }
}

}  // namespace
}  // namespace tintype
