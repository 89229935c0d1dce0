#include "adapters/engine_vips/plane_scaler.h"

#include <gmock/gmock.h>

#include <cmath>
#include <functional>
#include <numbers>

namespace tintype {
namespace {

using Sample = std::function<int(int plane, int x, int y)>;

Planes make(const PlanesShape& shape, const Sample& sample) {
  Planes planes(shape);
  for (int plane = 0; plane < shape.planes(); ++plane) {
    const Size size = shape.plane_size(plane);
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) planes.row(plane, y)[x] = static_cast<std::uint8_t>(sample(plane, x, y));
    }
  }
  return planes;
}

// Smooth in every plane, of no period that a size here has.
int waves(int plane, int x, int y) {
  return static_cast<int>(std::lround(128 + 60 * std::sin(0.031 * x + plane) + 60 * std::cos(0.023 * y - plane)));
}

// Gives its rows in strips of another height, and fails after some of them.
class StripSource final : public PlaneSource {
 public:
  StripSource(const Planes& planes, int strip_rows, int strips = 1 << 30)
      : planes_(planes), strip_rows_(strip_rows), strips_(strips) {}

  const PlanesShape& shape() const override { return planes_.shape(); }
  int strip_rows() const override { return strip_rows_; }
  int row_bytes(int plane) const override { return shape().plane_size(plane).width + 13; }
  Result<void> read_strip(const StripRows& rows) override {
    if (strips_-- == 0) return fail(ErrorCode::ImageUndecodable, "damaged");
    for (int plane = 0; plane < shape().planes(); ++plane) {
      const int shift = plane == 0 ? 0 : shape().shift_y;
      for (int i = 0; i < strip_rows_ >> shift; ++i) {
        write(plane, (next_ >> shift) + i, rows.plane[static_cast<std::size_t>(plane)][static_cast<std::size_t>(i)]);
      }
    }
    next_ += strip_rows_;
    return {};
  }

 private:
  // As a decoder of blocks: beyond the picture too.
  void write(int plane, int y, std::uint8_t* row) const {
    const Size size = shape().plane_size(plane);
    for (int x = 0; x < row_bytes(plane); ++x) {
      row[x] = x < size.width && y < size.height ? planes_.row(plane, y)[x] : std::uint8_t{255};
    }
  }

  const Planes& planes_;
  const int strip_rows_;
  int strips_;
  int next_ = 0;
};

Crop whole(const Planes& planes) {
  return {0, 0, planes.shape().size.width, planes.shape().size.height};
}

int largest_difference(const Planes& a, const Planes& b) {
  int largest = 0;
  for (int plane = 0; plane < a.shape().planes(); ++plane) {
    const Size size = a.shape().plane_size(plane);
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        largest = std::max(largest, std::abs(a.row(plane, y)[x] - b.row(plane, y)[x]));
      }
    }
  }
  return largest;
}

double lanczos(double x) {
  if (std::abs(x) < 1e-9) return 1;
  if (std::abs(x) >= 3) return 0;
  const double angle = std::numbers::pi * x;
  return 3 * std::sin(angle) * std::sin(angle / 3) / (angle * angle);
}

// The same by the definition, sample by sample.
int by_definition(const Planes& source, const Crop& crop, Size target, int x, int y) {
  const double step_x = static_cast<double>(crop.width) / target.width;
  const double step_y = static_cast<double>(crop.height) / target.height;
  const double scale_x = std::max(1.0, step_x), scale_y = std::max(1.0, step_y);
  const double centre_x = crop.left + (x + 0.5) * step_x, centre_y = crop.top + (y + 0.5) * step_y;
  const Size size = source.shape().size;
  double sum = 0, weights = 0;
  for (int v = static_cast<int>(centre_y - 3 * scale_y) - 1; v <= centre_y + 3 * scale_y; ++v) {
    for (int u = static_cast<int>(centre_x - 3 * scale_x) - 1; u <= centre_x + 3 * scale_x; ++u) {
      const double weight = lanczos((u + 0.5 - centre_x) / scale_x) * lanczos((v + 0.5 - centre_y) / scale_y);
      sum += weight * source.row(0, std::clamp(v, 0, size.height - 1))[std::clamp(u, 0, size.width - 1)];
      weights += weight;
    }
  }
  return static_cast<int>(std::lround(std::clamp(sum / weights, 0.0, 255.0)));
}

TEST(PlaneScaler, SameSizeIsTheSamePicture) {
  const Planes source = make({.size = {37, 23}, .colour = PlaneColour::Rgb}, waves);
  const auto scaled = scale(source, whole(source), source.shape(), Deadline::never());
  ASSERT_TRUE(scaled);
  EXPECT_EQ(largest_difference(*scaled, source), 0);
}

TEST(PlaneScaler, EverySampleIsWhatLanczosSays) {
  const auto noise = [](int, int x, int y) { return (x * 7919 + y * 104'729 + x * y * 31) % 256; };
  const Planes source = make({.size = {101, 67}, .colour = PlaneColour::Gray}, noise);
  for (const Size target : {Size{40, 31}, Size{7, 5}, Size{150, 9}, Size{101, 20}, Size{1, 1}}) {
    for (const Crop& crop : {whole(source), Crop{30, 20, 40, 30}}) {
      const auto scaled = scale(source, crop, {.size = target, .colour = PlaneColour::Gray}, Deadline::never());
      ASSERT_TRUE(scaled);
      const Planes expected =
          make(scaled->shape(), [&](int, int x, int y) { return by_definition(source, crop, target, x, y); });
      EXPECT_LE(largest_difference(*scaled, expected), 1) << target.width << 'x' << target.height;
    }
  }
}

TEST(PlaneScaler, StripsOfAnyHeightGiveTheSame) {
  const Planes source = make({.size = {131, 97}, .colour = PlaneColour::YuvFull, .shift_x = 1, .shift_y = 1}, waves);
  const PlanesShape target = webp_shape({51, 39});
  const auto expected = scale(source, whole(source), target, Deadline::never());
  ASSERT_TRUE(expected);
  for (const int rows : {2, 4, 8, 16, 24, 32}) {
    StripSource strips(source, rows);
    const auto scaled = scale(strips, whole(source), target, Deadline::never());
    ASSERT_TRUE(scaled);
    EXPECT_EQ(largest_difference(*scaled, *expected), 0) << rows;
  }
}

TEST(PlaneScaler, ChromaStaysUnderItsLumaInEverySubsampling) {
  // A ramp in every plane, as seen in samples of luma, so that a shift by half a sample would show.
  const Size size{203, 151};
  for (const int shift_x : {0, 1, 2}) {
    for (const int shift_y : {0, 1}) {
      const PlanesShape shape{.size = size, .colour = PlaneColour::YuvLimited, .shift_x = shift_x, .shift_y = shift_y};
      const Planes source = make(shape, [&](int plane, int x, int y) {
        const double across = plane == 0 ? x + 0.5 : (x + 0.5) * (1 << shift_x);
        const double down = plane == 0 ? y + 0.5 : (y + 0.5) * (1 << shift_y);
        return static_cast<int>(std::lround(across / 2 + down / 2));
      });
      const auto scaled = scale(source, whole(source), webp_shape({101, 75}), Deadline::never());
      ASSERT_TRUE(scaled);
      for (int y = 8; y < 28; ++y) {
        for (int x = 8; x < 40; ++x) {
          const double across = (2 * x + 1) * 203.0 / 101, down = (2 * y + 1) * 151.0 / 75;
          EXPECT_NEAR(scaled->row(1, y)[x], across / 2 + down / 2, 1.01) << shift_x << shift_y;
        }
      }
    }
  }
}

TEST(PlaneScaler, FullRangeBecomesThatOfVideo) {
  const PlanesShape full{.size = {8, 8}, .colour = PlaneColour::YuvFull, .shift_x = 1, .shift_y = 1};
  struct Row {
    int full, luma, chroma;
  };
  for (const Row row : {Row{0, 16, 16}, Row{128, 126, 128}, Row{255, 235, 240}}) {
    const Planes source = make(full, [&](int, int, int) { return row.full; });
    const auto scaled = scale(source, whole(source), webp_shape({4, 4}), Deadline::never());
    ASSERT_TRUE(scaled);
    EXPECT_EQ(scaled->row(0, 1)[1], row.luma);
    EXPECT_NEAR(scaled->row(1, 1)[1], row.chroma, 1);
  }
}

TEST(PlaneScaler, GrayBecomesAPictureWithoutColour) {
  const Planes source = make({.size = {31, 17}, .colour = PlaneColour::Gray}, [](int, int, int) { return 255; });
  const auto scaled = scale(source, whole(source), webp_shape({15, 9}), Deadline::never());
  ASSERT_TRUE(scaled);
  EXPECT_EQ(scaled->row(0, 8)[14], 235);
  EXPECT_EQ(scaled->row(1, 4)[7], 128);
  EXPECT_EQ(scaled->row(2, 0)[0], 128);
}

TEST(PlaneScaler, SourceThatFailsIsToldOf) {
  const Planes source = make({.size = {64, 64}, .colour = PlaneColour::Gray}, waves);
  StripSource damaged(source, 16, 3);
  const auto scaled = scale(damaged, whole(source), source.shape(), Deadline::never());
  ASSERT_FALSE(scaled);
  EXPECT_EQ(scaled.error().public_message, "damaged");
}

TEST(PlaneScaler, WhatIsBelowTheCropIsNotRead) {
  const Planes source = make({.size = {64, 64}, .colour = PlaneColour::Gray}, waves);
  StripSource two_strips(source, 16, 2);
  EXPECT_TRUE(scale(two_strips, {0, 0, 64, 20}, {.size = {64, 20}, .colour = PlaneColour::Gray}, Deadline::never()));
}

TEST(PlaneScaler, EndsAtTheDeadline) {
  const Planes source = make({.size = {64, 64}, .colour = PlaneColour::Gray}, waves);
  const auto scaled = scale(source, whole(source), source.shape(), Deadline::after(std::chrono::seconds(0)));
  ASSERT_FALSE(scaled);
  EXPECT_EQ(scaled.error().code, ErrorCode::DeadlineExceeded);
}

TEST(Planes, UprightTurnsAsExifSays) {
  // Stored 3 x 2:  0 1 2   What the first row then is, by EXIF 2.3 section 4.6.4.
  //                3 4 5
  const Planes stored =
      make({.size = {3, 2}, .colour = PlaneColour::Gray}, [](int, int x, int y) { return 3 * y + x; });
  const std::array<std::vector<int>, 8> first_rows = {
      {{0, 1, 2}, {2, 1, 0}, {5, 4, 3}, {3, 4, 5}, {0, 3}, {3, 0}, {5, 2}, {2, 5}}};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    Planes copy = make(stored.shape(), [&](int, int x, int y) { return stored.row(0, y)[x]; });
    const Planes turned = upright(std::move(copy), orientation);
    const std::vector<int>& expected = first_rows[static_cast<std::size_t>(orientation - 1)];
    EXPECT_EQ(turned.shape().size.width, static_cast<int>(expected.size()));
    EXPECT_EQ(std::vector<int>(turned.row(0, 0), turned.row(0, 0) + expected.size()), expected) << orientation;
  }
}

TEST(Planes, AveragedRgbHasTheColours) {
  // Rec. 601: white, then red.
  const auto colour = [](int y, int u, int v) {
    const Planes planes =
        make(webp_shape({201, 99}), [&](int plane, int, int) { return std::array{y, u, v}.at(plane); });
    const SmallRgb small = averaged_rgb(planes, 100);
    EXPECT_EQ(small.width, 100);
    EXPECT_EQ(small.height, 49);
    EXPECT_EQ(small.bytes.size(), 100U * 49 * 3);
    return std::vector<int>(small.bytes.end() - 3, small.bytes.end());
  };
  EXPECT_EQ(colour(235, 128, 128), (std::vector{255, 255, 255}));
  const auto red = colour(81, 90, 240);
  EXPECT_NEAR(red[0], 255, 2);
  EXPECT_NEAR(red[1], 0, 2);
  EXPECT_NEAR(red[2], 0, 2);
}

}  // namespace
}  // namespace tintype
