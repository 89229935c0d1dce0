#pragma once

#include <optional>
#include <string_view>

#include "base/time_format.h"

namespace tintype::aws {

// An HTTP date in its preferred form (RFC 9110 section 5.6.7); nullopt for anything else.
std::optional<UnixTime> parse_http_date(std::string_view text);

// A time of S3's lists, "2026-11-25T06:00:00.123Z", without its fraction: no other answer of S3 has one.
std::optional<UnixTime> parse_list_time(std::string_view text);

}  // namespace tintype::aws
