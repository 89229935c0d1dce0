#pragma once

#include "base/time_format.h"

namespace tintype {

// Wall-clock time, so that tests can set it. Waiting is measured with base/deadline.h, never with this.
//
// Thread safety: now() may be called concurrently. It does not block.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual UnixTime now() const = 0;
};

}  // namespace tintype
