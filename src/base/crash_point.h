#pragma once

#include <string_view>

namespace tintype {

// Marks a step after which the process may end, so that tests can make it end there. A build with TINTYPE_CRASH_POINTS
// (tests/crash/) does what the environment variable CRASH_POINT says: "upload.claimed" kills the process with SIGKILL
// the first time it gets there, "upload.claimed:3" the third time, and "upload.claimed:stop" stops it with SIGSTOP
// once. In every other build this is nothing.
#ifdef TINTYPE_CRASH_POINTS
void crash_point(std::string_view name);
#else
constexpr void crash_point(std::string_view /*name*/) {}
#endif

}  // namespace tintype
