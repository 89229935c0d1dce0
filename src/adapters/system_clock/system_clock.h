#pragma once

#include "ports/clock.h"

namespace tintype {

// The machine's clock.
class SystemClock final : public Clock {
 public:
  UnixTime now() const override {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
};

}  // namespace tintype
