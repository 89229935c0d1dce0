#pragma once

#include <algorithm>
#include <thread>

namespace tintype {

// What a setting means whose 0 is "one per core".
inline int cores_if_zero(int configured) {
  return configured > 0 ? configured : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

}  // namespace tintype
