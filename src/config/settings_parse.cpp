#include "config/settings_parse.h"

#include <array>
#include <limits>
#include <span>

#include "base/text.h"

namespace tintype::config {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// Largest first. Sizes may go without a unit, durations may not: "30" could be seconds or milliseconds.
constexpr std::array<Unit, 4> kSizeUnits = {{{"GiB", 1ULL << 30}, {"MiB", 1ULL << 20}, {"KiB", 1ULL << 10}, {"", 1}}};
constexpr std::array<Unit, 4> kDurationUnits = {{{"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};

constexpr std::uint64_t kMaxMilliseconds = 1ULL << 53;

std::optional<std::uint64_t> parse_with_unit(std::string_view text, std::span<const Unit> units, std::uint64_t most) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view suffix = text.substr(digits);
  const auto number = parse_unsigned(text.substr(0, digits));
  if (!number) return std::nullopt;
  for (const Unit& unit : units) {
    if (unit.name != suffix) continue;
    if (*number > most / unit.factor) return std::nullopt;
    return *number * unit.factor;
  }
  return std::nullopt;
}

std::string format_with_unit(std::uint64_t value, std::span<const Unit> units) {
  for (const Unit& unit : units) {
    if (value >= unit.factor && value % unit.factor == 0) {
      return std::to_string(value / unit.factor) + std::string(unit.name);
    }
  }
  return "0" + std::string(units.back().name);
}

}  // namespace

std::optional<std::uint64_t> parse_size(std::string_view text) {
  return parse_with_unit(text, kSizeUnits, std::numeric_limits<std::uint64_t>::max());
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const auto milliseconds = parse_with_unit(text, kDurationUnits, kMaxMilliseconds);
  if (!milliseconds) return std::nullopt;
  return std::chrono::milliseconds(static_cast<std::int64_t>(*milliseconds));
}

std::string format_size(std::uint64_t bytes) {
  return format_with_unit(bytes, kSizeUnits);
}

std::string format_duration(std::chrono::milliseconds duration) {
  return format_with_unit(static_cast<std::uint64_t>(duration.count()), kDurationUnits);
}

}  // namespace tintype::config
