#include "adapters/engine_vips/jpeg_planes.h"

#include <gmock/gmock.h>

#include <cstdio>  // jpeglib.h needs it before

#include <jpeglib.h>

#include "adapters/engine_vips/plane_scaler.h"
#include "base/text.h"
#include "tests/support/test_images.h"

namespace tintype {
namespace {

using testing_support::make_jpeg;
using testing_support::make_png;
using testing_support::truncated;

struct Sampling {
  int luma_x, luma_y, chroma_x, chroma_y;
};

// Left half red, right half blue, 37 x 29, at the best quality.
std::vector<std::byte> encode(J_COLOR_SPACE colours, const Sampling& sampling, bool progressive = false) {
  constexpr int kWidth = 37, kHeight = 29;
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* file = nullptr;
  unsigned long size = 0;  // NOLINT(google-runtime-int): libjpeg's
  jpeg_mem_dest(&jpeg, &file, &size);
  jpeg.image_width = kWidth;
  jpeg.image_height = kHeight;
  jpeg.input_components = 3;
  jpeg.in_color_space = JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg_set_colorspace(&jpeg, colours);
  jpeg_set_quality(&jpeg, 100, TRUE);
  if (progressive) jpeg_simple_progression(&jpeg);
  for (int i = 0; i < jpeg.num_components; ++i) {
    jpeg.comp_info[i].h_samp_factor = i == 0 ? sampling.luma_x : sampling.chroma_x;
    jpeg.comp_info[i].v_samp_factor = i == 0 ? sampling.luma_y : sampling.chroma_y;
  }
  jpeg_start_compress(&jpeg, TRUE);
  std::vector<unsigned char> row(3 * kWidth);
  for (std::size_t x = 0; x < kWidth; ++x) row[3 * x + (x < kWidth / 2 ? 0 : 2)] = 255;
  for (int y = 0; y < kHeight; ++y) {
    JSAMPROW samples = row.data();
    jpeg_write_scanlines(&jpeg, &samples, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  const auto* const bytes = reinterpret_cast<const std::byte*>(file);
  std::vector<std::byte> copy(bytes, bytes + size);
  std::free(file);  // NOLINT(cppcoreguidelines-no-malloc): malloc'ed by libjpeg
  return copy;
}

Result<Planes> decode(std::span<const std::byte> file, int shrink = 1, Deadline deadline = Deadline::never()) {
  const auto planes = JpegPlanes::open(file, shrink, deadline);
  if (!planes) return fail(ErrorCode::Internal, "not taken");
  const Size size = planes->shape().size;
  return scale(*planes, {0, 0, size.width, size.height}, webp_shape(size), Deadline::never());
}

class EverySampling : public testing::TestWithParam<Sampling> {};
INSTANTIATE_TEST_SUITE_P(, EverySampling,
                         testing::Values(Sampling{1, 1, 1, 1}, Sampling{2, 1, 1, 1}, Sampling{2, 2, 1, 1},
                                         Sampling{1, 2, 1, 1}, Sampling{4, 1, 1, 1}, Sampling{1, 2, 1, 2},
                                         Sampling{4, 2, 1, 1}, Sampling{3, 1, 3, 1}),
                         [](const auto& row) {
                           const Sampling& it = row.param;
                           return std::to_string(it.luma_x) + std::to_string(it.luma_y) + std::to_string(it.chroma_x) +
                                  std::to_string(it.chroma_y);
                         });

TEST_P(EverySampling, ColoursAreWhereTheyBelong) {
  for (const bool progressive : {false, true}) {
    for (const int shrink : {1, 2, 4}) {
      const auto planes = decode(encode(JCS_YCbCr, GetParam(), progressive), shrink);
      ASSERT_TRUE(planes) << to_string(planes.error());
      const Size size = planes->shape().size;
      EXPECT_EQ(size.width, (37 + shrink - 1) / shrink);
      EXPECT_EQ(size.height, (29 + shrink - 1) / shrink);
      // Rec. 601, limited: pure red is 81 90 240, pure blue 41 240 110.
      const Size chroma = planes->shape().plane_size(1);
      EXPECT_NEAR(planes->row(0, size.height - 1)[1], 81, 4) << shrink;
      EXPECT_NEAR(planes->row(0, 0)[size.width - 1], 41, 4);
      EXPECT_NEAR(planes->row(2, chroma.height - 1)[0], 240, 12);
      EXPECT_NEAR(planes->row(1, 0)[chroma.width - 1], 240, 12);
    }
  }
}

TEST(JpegPlanes, GrayIsOnePlane) {
  const auto gray = make_jpeg({.bands = 1});
  const auto planes = JpegPlanes::open(gray, 1, Deadline::never());
  ASSERT_TRUE(planes);
  EXPECT_EQ(planes->shape().colour, PlaneColour::Gray);
  EXPECT_TRUE(decode(gray));
  EXPECT_TRUE(decode(gray, 8)) << "a strip is one row";
}

TEST(JpegPlanes, WhatLibvipsMustSeeToIsNotTaken) {
  EXPECT_FALSE(JpegPlanes::open(encode(JCS_RGB, {1, 1, 1, 1}), 1, Deadline::never())) << "RGB";
  EXPECT_FALSE(JpegPlanes::open(encode(JCS_YCbCr, {1, 1, 2, 2}), 1, Deadline::never())) << "more chroma than luma";
  EXPECT_FALSE(JpegPlanes::open(make_jpeg({.profile = "cmyk"}), 1, Deadline::never())) << "CMYK";
  EXPECT_FALSE(JpegPlanes::open(make_png({}), 1, Deadline::never())) << "no JPEG";
  EXPECT_FALSE(JpegPlanes::open({}, 1, Deadline::never())) << "nothing";
}

TEST(JpegPlanes, DamageIsUndecodable) {
  for (const bool progressive : {false, true}) {
    const auto planes = decode(truncated(make_jpeg({.progressive = progressive}), 60));
    ASSERT_FALSE(planes);
    EXPECT_EQ(planes.error().code, ErrorCode::ImageUndecodable);
    EXPECT_THAT(planes.error().detail, testing::HasSubstr("remature end")) << "in libjpeg's words";
  }
}

TEST(JpegPlanes, ProgressiveOneEndsAtTheDeadlineBeforeItsFirstRow) {
  const auto planes = decode(make_jpeg({.progressive = true}), 1, Deadline::after(std::chrono::seconds(0)));
  ASSERT_FALSE(planes);
  EXPECT_EQ(planes.error().detail, "the deadline has passed");
}

}  // namespace
}  // namespace tintype
