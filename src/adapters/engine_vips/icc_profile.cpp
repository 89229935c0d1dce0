#include "adapters/engine_vips/icc_profile.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/text.h"

namespace tintype {
namespace {

constexpr std::size_t kHeaderSize = 128;
constexpr std::size_t kMaxTags = 256;

using Bytes = std::span<const std::byte>;

// Empty if any of it lies outside.
Bytes slice(Bytes bytes, std::size_t offset, std::size_t size) {
  if (offset > bytes.size() || size > bytes.size() - offset) return {};
  return bytes.subspan(offset, size);
}

std::optional<std::uint32_t> read_u32(Bytes bytes, std::size_t offset) {
  const Bytes field = slice(bytes, offset, 4);
  if (field.empty()) return std::nullopt;
  std::uint32_t value = 0;
  for (const std::byte byte : field) value = value << 8 | std::to_integer<std::uint32_t>(byte);
  return value;
}

std::optional<double> read_u16(Bytes bytes, std::size_t offset) {
  const Bytes field = slice(bytes, offset, 2);
  if (field.empty()) return std::nullopt;
  return std::to_integer<int>(field[0]) * 256 + std::to_integer<int>(field[1]);
}

// s15Fixed16Number, section 4.6.
std::optional<double> read_fixed(Bytes bytes, std::size_t offset) {
  const auto value = read_u32(bytes, offset);
  if (!value) return std::nullopt;
  return static_cast<std::int32_t>(*value) / 65536.0;
}

bool has_signature(Bytes bytes, std::size_t offset, std::string_view signature) {
  return as_text(slice(bytes, offset, 4)) == signature;
}

// The tagged element, section 7.3; empty if there is none.
Bytes find_tag(Bytes profile, std::string_view signature) {
  const std::size_t count = std::min<std::size_t>(read_u32(profile, kHeaderSize).value_or(0), kMaxTags);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t entry = kHeaderSize + 4 + 12 * i;
    if (!has_signature(profile, entry, signature)) continue;
    return slice(profile, read_u32(profile, entry + 4).value_or(0), read_u32(profile, entry + 8).value_or(0));
  }
  return {};
}

// curveType, section 10.6: the identity, a gamma, or a table.
std::optional<double> evaluate_curve(Bytes curve, double x) {
  const auto count = read_u32(curve, 8);
  if (!count) return std::nullopt;
  if (*count == 0) return x;
  if (*count == 1) {
    const auto gamma = read_u16(curve, 12);
    return gamma ? std::optional(std::pow(x, *gamma / 256.0)) : std::nullopt;
  }
  const double position = x * (*count - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min<std::size_t>(below + 1, *count - 1);
  const auto low = read_u16(curve, 12 + 2 * below);
  const auto high = read_u16(curve, 12 + 2 * above);
  if (!low || !high) return std::nullopt;
  return (*low + (*high - *low) * (position - static_cast<double>(below))) / 65535.0;
}

// parametricCurveType, section 10.18, table 68: g, a, b, c, d, e, f.
std::optional<double> evaluate_parametric(Bytes curve, double x) {
  constexpr std::array<int, 5> kParameterCount = {1, 3, 4, 5, 7};
  const auto type = read_u16(curve, 8);
  if (!type || *type >= kParameterCount.size()) return std::nullopt;
  const auto kind = static_cast<std::size_t>(*type);
  std::array<double, 7> p{};
  for (int i = 0; i < kParameterCount[kind]; ++i) {
    const auto value = read_fixed(curve, 12 + 4 * i);
    if (!value) return std::nullopt;
    p[i] = *value;
  }
  const auto [g, a, b, c, d, e, f] = p;
  switch (kind) {
    case 0:
      return std::pow(x, g);
    case 1:
      return a * x + b >= 0 ? std::pow(a * x + b, g) : 0;
    case 2:
      return (a * x + b >= 0 ? std::pow(a * x + b, g) : 0) + c;
    case 3:
      return x >= d ? std::pow(a * x + b, g) : c * x;
    default:
      return x >= d ? std::pow(a * x + b, g) + e : c * x + f;
  }
}

std::optional<double> evaluate(Bytes curve, double x) {
  if (has_signature(curve, 0, "curv")) return evaluate_curve(curve, x);
  if (has_signature(curve, 0, "para")) return evaluate_parametric(curve, x);
  return std::nullopt;
}

double encode_srgb(double linear) {
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * std::pow(linear, 1 / 2.4) - 0.055;
}

// Compared as encoded values: 0.01 of linear light would hide a gamma that is plainly wrong in the shadows.
bool is_srgb_curve(Bytes curve) {
  constexpr std::array kPoints = {0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 1.0};
  return std::all_of(kPoints.begin(), kPoints.end(), [&](double x) {
    const auto linear = evaluate(curve, x);
    return linear && std::abs(encode_srgb(*linear) - x) <= 0.01;  // NaN is not
  });
}

bool is_near(Bytes xyz, const std::array<double, 3>& expected) {
  if (!has_signature(xyz, 0, "XYZ ")) return false;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto value = read_fixed(xyz, 8 + 4 * i);
    if (!value || std::abs(*value - expected[i]) > 0.002) return false;
  }
  return true;
}

}  // namespace

int icc_profile_bands(Bytes profile) {
  if (!has_signature(profile, 36, "acsp")) return 0;
  if (has_signature(profile, 16, "GRAY")) return 1;
  if (has_signature(profile, 16, "RGB ")) return 3;
  return has_signature(profile, 16, "CMYK") ? 4 : 0;
}

bool is_srgb_profile(Bytes profile) {
  if (icc_profile_bands(profile) != 3 || !has_signature(profile, 20, "XYZ ")) return false;
  // Where there is a table, it goes before the matrix (section 8.3.1), and it may say anything.
  if (!find_tag(profile, "A2B0").empty() || !find_tag(profile, "A2B1").empty()) return false;
  // sRGB's primaries adapted to D50, as the ICC's own sRGB profiles have them.
  return is_near(find_tag(profile, "rXYZ"), {0.4361, 0.2225, 0.0139}) &&
         is_near(find_tag(profile, "gXYZ"), {0.3851, 0.7169, 0.0971}) &&
         is_near(find_tag(profile, "bXYZ"), {0.1431, 0.0606, 0.7141}) && is_srgb_curve(find_tag(profile, "rTRC")) &&
         is_srgb_curve(find_tag(profile, "gTRC")) && is_srgb_curve(find_tag(profile, "bTRC"));
}

}  // namespace tintype
