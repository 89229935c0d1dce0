// What the program tintype and the module tintype-engine.so agree on. The module is of the same version and compiler as
// the program, so it may give C++ types; its version is compared first.
#pragma once

#include "ports/image_engine.h"

namespace tintype::engine_module {

inline constexpr const char* kFile = "tintype-engine.so";  // beside the program

// `const char tintype_engine_version[]`, as TINTYPE_VERSION.
inline constexpr const char* kVersion = "tintype_engine_version";

// `ImageEngine* tintype_make_engine(StageObserver)`: the engine in this process, which the caller owns. To be called
// before the process has threads (vips_runtime.h).
inline constexpr const char* kMake = "tintype_make_engine";
using Make = ImageEngine* (*)(StageObserver);

}  // namespace tintype::engine_module
