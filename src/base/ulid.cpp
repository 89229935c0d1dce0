#include "base/ulid.h"

#include <array>
#include <cstring>

#include "base/random.h"

namespace tintype {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";  // Crockford: no I, L, O, U
constexpr std::size_t kTimeLength = 10;                                     // characters

__extension__ using Uint128 = unsigned __int128;

std::string written(std::uint64_t time, Uint128 random) {
  std::string text(26, '0');
  for (std::size_t i = kTimeLength; i-- > 0; time >>= 5) text[i] = kAlphabet[time & 31];
  for (std::size_t i = text.size(); i-- > kTimeLength; random >>= 5)
    text[i] = kAlphabet[static_cast<std::size_t>(random & 31)];
  return text;
}

}  // namespace

std::string UlidGenerator::next(std::uint64_t unix_milliseconds) {
  const std::lock_guard lock(mutex_);
  if (unix_milliseconds > last_milliseconds_) {
    last_milliseconds_ = unix_milliseconds;
    std::array<std::byte, 10> random;
    fill_random(random);
    std::memcpy(&high_, random.data(), sizeof high_);
    std::memcpy(&low_, random.data() + sizeof high_, sizeof low_);
    high_ &= 0x7fff;  // room to count up within one millisecond
  } else {
    // A random step, so that neighbours made in one millisecond are not guessable from each other either.
    std::array<std::byte, 8> random;
    fill_random(random);
    std::uint64_t step = 0;
    std::memcpy(&step, random.data(), sizeof step);
    const std::uint64_t before = low_;
    low_ += (step >> 1) + 1;
    // All 80 bits used up takes a clock that stood still for some 100,000 ids: the ids then run ahead of it.
    if (low_ < before && ++high_ == 0) ++last_milliseconds_;
  }
  return written(last_milliseconds_, (static_cast<Uint128>(high_) << 64) | low_);
}

std::string ulid_beside(std::string_view ulid, std::uint64_t unix_milliseconds, std::uint64_t step) {
  Uint128 random = 0;
  for (const char c : ulid.substr(kTimeLength)) random = (random << 5) | kAlphabet.find(c);
  return written(unix_milliseconds, random + step);
}

std::uint64_t ulid_time(std::string_view ulid) {
  std::uint64_t time = 0;
  for (const char c : ulid.substr(0, kTimeLength)) time = (time << 5) | kAlphabet.find(c);
  return time;
}

std::string first_ulid_of(std::uint64_t unix_milliseconds) {
  return written(unix_milliseconds, 0);
}

bool is_ulid(std::string_view text) {
  if (text.size() != 26 || text[0] > '7') return false;
  return text.find_first_not_of(kAlphabet) == std::string_view::npos;
}

}  // namespace tintype
