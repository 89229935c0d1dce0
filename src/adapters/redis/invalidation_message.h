#pragma once

#include <string_view>

namespace tintype::redis {

// What replicas tell each other on a channel when they have invalidated something in Redis: the tags, separated by
// spaces, or this, for all of them.
inline constexpr std::string_view kEverything = "*";

}  // namespace tintype::redis
