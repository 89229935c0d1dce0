#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace tintype {

// A ULID (github.com/ulid/spec): 48 bits of Unix milliseconds and 80 more, of which 79 are random, as 26 characters of
// Crockford base 32, so that ids sort by the time they were made.
class UlidGenerator {
 public:
  // Monotonic within this generator: the same millisecond counts up, a clock that steps back does not.
  // Thread-safe. Random bits are from getrandom(2): an id cannot be guessed from another made in another millisecond.
  std::string next(std::uint64_t unix_milliseconds);

 private:
  std::mutex mutex_;
  std::uint64_t last_milliseconds_ = 0;
  std::uint16_t high_ = 0;  // upper 16 of the 80 random bits
  std::uint64_t low_ = 0;
};

// True for 26 characters of Crockford's alphabet in upper case, of which the first is at most '7' (128 bits).
bool is_ulid(std::string_view text);

}  // namespace tintype
