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

// The ULID of that time whose other 80 bits are those of `ulid`, which is one, plus `step`.
std::string ulid_beside(std::string_view ulid, std::uint64_t unix_milliseconds, std::uint64_t step);
// The time of `ulid`, which is one, in Unix milliseconds.
std::uint64_t ulid_time(std::string_view ulid);
// Not greater than any ULID of that time or later, and greater than all of earlier ones.
std::string first_ulid_of(std::uint64_t unix_milliseconds);

// True for 26 characters of Crockford's alphabet in upper case, of which the first is at most '7' (128 bits).
bool is_ulid(std::string_view text);

}  // namespace tintype
