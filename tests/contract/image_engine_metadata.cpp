// Orientation, and what must not be in the output.
#include <gmock/gmock.h>

#include "base/text.h"
#include "tests/contract/image_engine_contract.h"

namespace tintype {
namespace {

using namespace testing_support;
using testing::ElementsAre;

void expect_upright(const DecodedWebp& decoded, int width, int height) {
  ASSERT_EQ(decoded.width, width);
  ASSERT_EQ(decoded.height, height);
  EXPECT_LE(distance(decoded.at(0.25, 0.25), kTopLeft), 8);
  EXPECT_LE(distance(decoded.at(0.75, 0.25), kTopRight), 8);
  EXPECT_LE(distance(decoded.at(0.25, 0.75), kBottomLeft), 8);
  EXPECT_LE(distance(decoded.at(0.75, 0.75), kBottomRight), 8);
}

TEST_P(ImageEngineContract, EveryOrientationGivesTheSamePicture) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    SCOPED_TRACE(orientation);
    const TestImage image{.width = 640, .height = 400, .orientation = orientation};
    expect_upright(picture(make_jpeg(image), inside(320)), 320, 200);
    expect_upright(picture(make_jpeg(image), as_is()), 640, 400);
    expect_upright(picture(make_jpeg(image), thumbnail()), 400, 400);
  }
}

TEST_P(ImageEngineContract, OrientationOfPngAndWebpCounts) {
  const TestImage image{.width = 200, .height = 100, .orientation = 6};
  expect_upright(picture(make_png(image), as_is()), 200, 100);
  expect_upright(picture(make_webp(image), as_is()), 200, 100);
}

TEST_P(ImageEngineContract, NonSquareCoverIsTurnedToo) {
  const auto file = make_jpeg({.width = 640, .height = 400, .orientation = 8});
  expect_upright(picture(file, {.fit = RenderSpec::Fit::Cover, .width = 120, .height = 50, .quality = 90}), 120, 50);
}

TEST_P(ImageEngineContract, NoMetadataOfAnyKindInTheOutput) {
  const TestImage image{.orientation = 3, .profile = "p3", .private_metadata = true};
  ASSERT_NE(as_text(make_jpeg(image)).find(kSecret), std::string_view::npos);
  for (const auto& file : {make_jpeg(image), make_png(image), make_webp(image)}) {
    for (const auto& spec : {inside(100), as_is(), thumbnail()}) {
      const auto rendered = render(file, spec);
      EXPECT_THAT(riff_chunks(rendered.bytes), ElementsAre("VP8 "));
      EXPECT_EQ(as_text(rendered.bytes).find(kSecret), std::string_view::npos);
    }
  }
}

TEST_P(ImageEngineContract, NoMetadataBesideAlpha) {
  const TestImage image{.flat = {.alpha = 128}, .bands = 4, .profile = "p3", .private_metadata = true};
  EXPECT_THAT(riff_chunks(render(make_png(image), as_is()).bytes), ElementsAre("VP8X", "ALPH", "VP8 "));
}

TEST_P(ImageEngineContract, WhatFollowsTheImageIsNotKept) {
  for (auto file : {make_jpeg({}), make_png({}), make_webp({})}) {
    const auto tail = to_bytes("<html><script>SECRET-PLACE</script>PK\x03\x04SECRET-PLACE");
    file.insert(file.end(), tail.begin(), tail.end());
    const auto rendered = render(file, inside(100));
    EXPECT_THAT(riff_chunks(rendered.bytes), ElementsAre("VP8 "));
    EXPECT_EQ(as_text(rendered.bytes).find(kSecret), std::string_view::npos);
  }
}

TEST_P(ImageEngineContract, AnimationGivesItsFirstFrame) {
  const auto file = make_webp({.width = 160, .height = 120, .pages = 2});
  const auto rendered = render(file, as_is());
  EXPECT_THAT(riff_chunks(rendered.bytes), ElementsAre("VP8 "));
  expect_upright(decode_webp(rendered.bytes), 160, 120);
}

}  // namespace
}  // namespace tintype
