#include "adapters/engine_vips/icc_profile.h"

#include <gtest/gtest.h>
#include <vips/vips.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "adapters/engine_vips/vips_runtime.h"
#include "base/text.h"

namespace tintype {
namespace {

using Profile = std::vector<std::byte>;

Profile built_in(const char* name) {
  init_vips();
  VipsBlob* blob = nullptr;
  if (vips_profile_load(name, &blob, nullptr) != 0) return {};
  std::size_t size = 0;
  const auto* const data = static_cast<const std::byte*>(vips_blob_get(blob, &size));
  Profile profile(data, data + size);
  vips_area_unref(VIPS_AREA(blob));
  return profile;
}

std::string big_endian(std::uint32_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i));
  return text;
}
std::string fixed(double value) {
  return big_endian(static_cast<std::uint32_t>(std::lround(value * 65536)), 4);
}
std::string xyz(double x, double y, double z) {
  return "XYZ " + std::string(4, '\0') + fixed(x) + fixed(y) + fixed(z);
}

std::string gamma_curve(double gamma) {
  return "curv" + std::string(4, '\0') + big_endian(1, 4) + big_endian(static_cast<std::uint32_t>(gamma * 256), 2);
}
std::string parametric(int type, const std::vector<double>& parameters) {
  std::string curve = "para" + std::string(4, '\0') + big_endian(type, 2) + big_endian(0, 2);
  for (const double parameter : parameters) curve += fixed(parameter);
  return curve;
}
std::string srgb_table(int entries) {
  std::string curve = "curv" + std::string(4, '\0') + big_endian(entries, 4);
  for (int i = 0; i < entries; ++i) {
    const double x = static_cast<double>(i) / (entries - 1);
    const double linear = x <= 0.04045 ? x / 12.92 : std::pow((x + 0.055) / 1.055, 2.4);
    curve += big_endian(static_cast<std::uint32_t>(std::lround(linear * 65535)), 2);
  }
  return curve;
}

struct Tag {
  std::string signature;
  std::string element;
};

Profile assemble(const std::vector<Tag>& tags) {
  std::string header(128, '\0');
  header.replace(12, 12, "mntrRGB XYZ ").replace(36, 4, "acsp");
  std::string table = big_endian(static_cast<std::uint32_t>(tags.size()), 4);
  std::string elements;
  const std::size_t first = header.size() + 4 + 12 * tags.size();
  for (const auto& [signature, element] : tags) {
    table += signature + big_endian(static_cast<std::uint32_t>(first + elements.size()), 4);
    table += big_endian(static_cast<std::uint32_t>(element.size()), 4);
    elements += element;
  }
  const auto bytes = header + table + elements;
  return {as_bytes(bytes).begin(), as_bytes(bytes).end()};
}

std::vector<Tag> srgb_tags(const std::string& curve) {
  return {{"rXYZ", xyz(0.4360, 0.2225, 0.0139)},
          {"gXYZ", xyz(0.3851, 0.7169, 0.0971)},
          {"bXYZ", xyz(0.1431, 0.0606, 0.7141)},
          {"rTRC", curve},
          {"gTRC", curve},
          {"bTRC", curve}};
}

TEST(IccProfile, BandsFollowTheColourSpace) {
  EXPECT_EQ(icc_profile_bands(built_in("srgb")), 3);
  EXPECT_EQ(icc_profile_bands(built_in("cmyk")), 4);
  EXPECT_EQ(icc_profile_bands({}), 0);
  EXPECT_EQ(icc_profile_bands(Profile(200)), 0);
}

TEST(IsSrgbProfile, TrueForTheUsualOne) {
  EXPECT_TRUE(is_srgb_profile(built_in("srgb")));
}

TEST(IsSrgbProfile, FalseForOtherSpaces) {
  EXPECT_FALSE(is_srgb_profile(built_in("p3")));
  EXPECT_FALSE(is_srgb_profile(built_in("cmyk")));
}

TEST(IsSrgbProfile, EveryFormOfTheCurveIsUnderstood) {
  const double a = 1 / 1.055;
  const double b = 0.055 / 1.055;
  EXPECT_TRUE(is_srgb_profile(assemble(srgb_tags(srgb_table(1024)))));
  EXPECT_TRUE(is_srgb_profile(assemble(srgb_tags(parametric(3, {2.4, a, b, 1 / 12.92, 0.04045})))));
  EXPECT_TRUE(is_srgb_profile(assemble(srgb_tags(parametric(4, {2.4, a, b, 1 / 12.92, 0.04045, 0, 0})))));
}

TEST(IsSrgbProfile, FalseForAnotherCurve) {
  EXPECT_FALSE(is_srgb_profile(assemble(srgb_tags(gamma_curve(1.8)))));
  EXPECT_FALSE(is_srgb_profile(assemble(srgb_tags(gamma_curve(2.2)))));  // 8 levels off in the shadows
  EXPECT_FALSE(is_srgb_profile(assemble(srgb_tags(parametric(0, {1.0})))));
  EXPECT_FALSE(is_srgb_profile(assemble(srgb_tags(parametric(1, {2.4, 0.5, 0.1})))));
  EXPECT_FALSE(is_srgb_profile(assemble(srgb_tags(parametric(2, {2.4, 0.5, 0.1, 0.1})))));
  EXPECT_FALSE(is_srgb_profile(assemble(srgb_tags("curv" + std::string(8, '\0')))));  // identity
}

TEST(IsSrgbProfile, FalseForNonsenseInTheCurve) {
  EXPECT_FALSE(is_srgb_profile(assemble(srgb_tags(parametric(9, {2.4})))));
  EXPECT_FALSE(is_srgb_profile(assemble(srgb_tags(parametric(0, {-30000.0})))));
  EXPECT_FALSE(is_srgb_profile(assemble(srgb_tags("curv" + std::string(4, '\0') + "\xFF\xFF\xFF\xFF"))));
  EXPECT_FALSE(is_srgb_profile(assemble(srgb_tags(""))));
}

TEST(IsSrgbProfile, FalseWhenOneChannelDiffers) {
  auto tags = srgb_tags(srgb_table(1024));
  tags[2].element = xyz(0.15, 0.06, 0.71);
  EXPECT_FALSE(is_srgb_profile(assemble(tags)));
}

TEST(IsSrgbProfile, FalseWhenATableGoesBeforeTheMatrix) {
  auto tags = srgb_tags(srgb_table(1024));
  tags.push_back({"A2B0", "mft2"});
  EXPECT_FALSE(is_srgb_profile(assemble(tags)));
}

TEST(IsSrgbProfile, TruncatedAnywhereIsReadWithinBounds) {
  const auto whole = assemble(srgb_tags(srgb_table(64)));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Profile part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));  // exact, for the sanitizer
    EXPECT_FALSE(is_srgb_profile(part)) << size;
  }
}

TEST(IsSrgbProfile, RandomDamageIsReadWithinBounds) {
  const auto whole = assemble(srgb_tags(srgb_table(64)));
  std::minstd_rand random(1);
  for (int round = 0; round < 2000; ++round) {
    auto damaged = whole;
    for (int i = 0; i < 4; ++i) damaged[random() % 260] = static_cast<std::byte>(random() >> 8);
    is_srgb_profile(damaged);
  }
}

}  // namespace
}  // namespace tintype
