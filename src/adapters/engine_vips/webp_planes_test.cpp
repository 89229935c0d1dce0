#include "adapters/engine_vips/webp_planes.h"

#include <gtest/gtest.h>

#include "tests/support/test_images.h"

namespace tintype {
namespace {

using testing_support::make_jpeg;
using testing_support::make_webp;
using testing_support::truncated;

TEST(WebpPlanes, SamplesAreThoseOfTheColour) {
  const auto planes = decode_webp_planes(
      make_webp({.width = 41, .height = 31, .pattern = testing_support::Pattern::Flat, .flat = {255, 0, 0}}));
  ASSERT_TRUE(planes && *planes);
  EXPECT_EQ((*planes)->shape().size, (Size{41, 31}));
  EXPECT_EQ((*planes)->shape().colour, PlaneColour::YuvLimited);
  // Rec. 601: red.
  EXPECT_NEAR((*planes)->row(0, 30)[40], 81, 2);
  EXPECT_NEAR((*planes)->row(1, 15)[20], 90, 2);
  EXPECT_NEAR((*planes)->row(2, 15)[20], 240, 2);
}

TEST(WebpPlanes, WhatLibvipsMustSeeToIsNotTaken) {
  for (const auto& file : {make_webp({.clear_right_half = true, .bands = 4}), make_webp({.pages = 2}), make_jpeg({})}) {
    const auto planes = decode_webp_planes(file);
    EXPECT_TRUE(planes && !*planes);
  }
}

TEST(WebpPlanes, DamageIsUndecodable) {
  const auto planes = decode_webp_planes(truncated(make_webp({}), 60));
  ASSERT_FALSE(planes);
  EXPECT_EQ(planes.error().code, ErrorCode::ImageUndecodable);
}

}  // namespace
}  // namespace tintype
