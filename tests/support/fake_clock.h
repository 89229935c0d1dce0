#pragma once

#include <atomic>

#include "ports/clock.h"

namespace tintype::testing_support {

// Stands still until told to move. Thread-safe.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(UnixTime start = UnixTime(std::chrono::milliseconds(1'780'000'000'000)))
      : now_(start.time_since_epoch().count()) {}
  UnixTime now() const override { return UnixTime(std::chrono::milliseconds(now_.load())); }
  void advance(std::chrono::milliseconds by) { now_ += by.count(); }

 private:
  std::atomic<std::int64_t> now_;
};

}  // namespace tintype::testing_support
