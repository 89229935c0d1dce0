#pragma once

#include <cstdint>
#include <string_view>

namespace tintype::http {

// What a Range header asks of a representation of `size` bytes (RFC 9110 section 14.2).
struct ByteRange {
  enum class Kind {
    Whole,          // no single valid byte range: the header is ignored, as the RFC allows
    Part,           // send [first, last], both within the representation
    Unsatisfiable,  // 416
  };
  Kind kind = Kind::Whole;
  std::uint64_t first = 0;
  std::uint64_t last = 0;  // inclusive
};

// One range only: `bytes=a-b`, `bytes=a-`, `bytes=-n`. Several ranges, other units and malformed headers give Whole.
ByteRange parse_range(std::string_view header, std::uint64_t size);

}  // namespace tintype::http
