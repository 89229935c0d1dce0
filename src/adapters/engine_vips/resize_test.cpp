#include "adapters/engine_vips/resize.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <vector>

#include "adapters/engine_vips/vips_runtime.h"

namespace tintype {
namespace {

template <std::size_t kBands>
VipsImagePtr flat(int width, int height, const std::array<std::uint8_t, kBands>& colour) {
  init_vips();
  std::vector<std::uint8_t> pixels;
  for (int i = 0; i < width * height; ++i) pixels.insert(pixels.end(), colour.begin(), colour.end());
  const VipsImagePtr raw(
      vips_image_new_from_memory_copy(pixels.data(), pixels.size(), width, height, kBands, VIPS_FORMAT_UCHAR));
  return std::move(*make_image(
      [&](VipsImage** out) { return vips_copy(raw.get(), out, "interpretation", VIPS_INTERPRETATION_sRGB, nullptr); }));
}

std::vector<int> all_values(VipsImage* lazy) {
  const auto image = copy_to_memory(lazy);
  const auto* const data = static_cast<const std::uint8_t*>(vips_image_get_data(image->get()));
  return {data, data + VIPS_IMAGE_SIZEOF_IMAGE(image->get())};
}

TEST(Resize, FlatColourWithAlphaStaysExact) {
  for (const int alpha : {1, 100, 254, 255}) {
    const std::array<std::uint8_t, 4> colour = {200, 99, 7, static_cast<std::uint8_t>(alpha)};
    const auto resized = resize(flat(90, 70, colour).get(), {40, 31});
    ASSERT_TRUE(resized);
    const auto values = all_values(resized->get());
    ASSERT_EQ(values.size(), 40U * 31 * 4);
    for (std::size_t i = 0; i < values.size(); ++i) ASSERT_EQ(values[i], colour[i % 4]) << "alpha " << alpha;
  }
}

TEST(Resize, EveryTargetIsMetExactly) {
  const auto image = flat(97, 61, std::array<std::uint8_t, 3>{1, 2, 3});
  for (int width = 1; width <= 200; width += 7) {
    for (int height = 1; height <= 130; height += 9) {
      const auto resized = resize(image.get(), {width, height});
      ASSERT_TRUE(resized);
      EXPECT_EQ(vips_image_get_width(resized->get()), width);
      EXPECT_EQ(vips_image_get_height(resized->get()), height);
    }
  }
}

TEST(Resize, SameSizeChangesNothing) {
  const auto image = flat(30, 20, std::array<std::uint8_t, 4>{9, 8, 7, 0});  // invisible, but a colour
  const auto resized = resize(image.get(), {30, 20});
  EXPECT_EQ(all_values(resized->get()), all_values(image.get()));
}

}  // namespace
}  // namespace tintype
