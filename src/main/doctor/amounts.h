#pragma once

#include <array>
#include <chrono>
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

// "0.40 ms", "12.3 ms", likewise.
inline std::string milliseconds_text(std::chrono::steady_clock::duration time) {
  const double amount = std::chrono::duration<double, std::milli>(time).count();
  char text[32];
  std::snprintf(text, sizeof text, amount < 1 ? "%.2f ms" : "%.1f ms", amount);
  return text;
}

}  // namespace tintype
