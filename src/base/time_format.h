#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tintype {

// Wall-clock time as everything outside sees it: whole milliseconds since 1970 (UTC).
using UnixTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

// RFC 3339 with milliseconds and Z: "2026-11-22T16:40:00.123Z".
std::string to_rfc3339(UnixTime time);
// Reads what RFC 3339 section 5.6 calls date-time, with T and Z in upper case and any offset; what is finer than a
// millisecond is cut off. nullopt for anything else, days that the month does not have and leap seconds included.
std::optional<UnixTime> parse_rfc3339(std::string_view text);
// RFC 9110 section 5.6.7: "Sun, 22 Nov 2026 16:40:00 GMT".
std::string to_http_date(UnixTime time);

}  // namespace tintype
