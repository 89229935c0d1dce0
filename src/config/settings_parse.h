// How values are written: sizes and durations with their units.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tintype::config {

// "25MiB", "1024KiB", "1GiB" or bytes without a unit; nullopt for anything else and beyond 64 bits.
std::optional<std::uint64_t> parse_size(std::string_view text);

// "500ms", "30s", "5m", "24h"; nullopt for anything else, a number without a unit included, and beyond 2^53 ms.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

// With the largest unit that loses nothing; what the functions above read back.
std::string format_size(std::uint64_t bytes);
std::string format_duration(std::chrono::milliseconds duration);

}  // namespace tintype::config
