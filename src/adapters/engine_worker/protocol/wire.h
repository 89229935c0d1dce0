// Numbers and strings in a datagram between two programs of one build on one machine: host byte order, no padding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace tintype::worker_protocol {

class WireWriter {
 public:
  template <typename Number>
    requires std::is_arithmetic_v<Number>
  void number(Number value) {
    const auto* const bytes = reinterpret_cast<const std::byte*>(&value);
    bytes_.insert(bytes_.end(), bytes, bytes + sizeof value);
  }
  // Cut to `limit` bytes.
  void text(std::string_view value, std::size_t limit) {
    value = value.substr(0, limit);
    number(static_cast<std::uint16_t>(value.size()));
    const auto bytes = as_bytes(value);
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  std::vector<std::byte> finish() && { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

// Reads what a WireWriter wrote. What is missing or out of bounds reads as zero or the lower bound, and complete() says
// so in the end.
class WireReader {
 public:
  explicit WireReader(std::span<const std::byte> bytes) : rest_(bytes) {}

  template <typename Number>
    requires std::is_arithmetic_v<Number>
  Number number() {
    Number value{};
    if (const auto bytes = take(sizeof value); bytes.size() == sizeof value) {
      std::memcpy(&value, bytes.data(), sizeof value);
    }
    return value;
  }
  // A number from `least` to `most`.
  template <typename Number>
  Number number_within(Number least, Number most) {
    const auto value = number<Number>();
    if (value >= least && value <= most) return value;
    ok_ = false;
    return least;
  }
  std::string text(std::size_t limit) {
    const auto size = number<std::uint16_t>();
    if (size > limit) ok_ = false;
    return std::string(as_text(ok_ ? take(size) : std::span<const std::byte>()));
  }

  // Everything was there, within its bounds, and nothing is left.
  bool complete() const { return ok_ && rest_.empty(); }

 private:
  std::span<const std::byte> take(std::size_t size) {
    if (!ok_ || size > rest_.size()) {
      ok_ = false;
      return {};
    }
    const auto taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }

  std::span<const std::byte> rest_;
  bool ok_ = true;
};

}  // namespace tintype::worker_protocol
