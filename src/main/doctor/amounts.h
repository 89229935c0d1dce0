#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>

namespace tintype {

// "1.5 GiB", for people.
inline std::string bytes_text(std::uint64_t bytes) {
  constexpr std::array kUnits = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"};
  auto amount = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; amount >= 1024 && unit + 1 < kUnits.size(); ++unit) amount /= 1024;
  char text[32];
  std::snprintf(text, sizeof text, unit == 0 || amount >= 100 ? "%.0f %s" : "%.3g %s", amount, kUnits[unit]);
  return text;
}

}  // namespace tintype
