#include "http/byte_range.h"

#include <gtest/gtest.h>

#include <limits>

namespace tintype::http {
namespace {

using Kind = ByteRange::Kind;
constexpr std::uint64_t kHuge = std::numeric_limits<std::uint64_t>::max();

TEST(ByteRange, SatisfiableThenPartWithinTheRepresentation) {
  struct Case {
    std::string_view header;
    std::uint64_t size;
    std::uint64_t first;
    std::uint64_t last;
  };
  const Case cases[] = {
      {"bytes=0-0", 10, 0, 0},
      {"bytes=0-9", 10, 0, 9},
      {"bytes=0-", 10, 0, 9},
      {"bytes=9-", 10, 9, 9},
      {"bytes=9-9", 10, 9, 9},
      {"bytes=2-5", 10, 2, 5},
      {"bytes=2-10", 10, 2, 9},
      {"bytes=2-99999999999999999999999", 10, 2, 9},
      {"bytes=-1", 10, 9, 9},
      {"bytes=-10", 10, 0, 9},
      {"bytes=-11", 10, 0, 9},
      {"bytes=-99999999999999999999999", 10, 0, 9},
      {"bytes=0000000000000000000000002-05", 10, 2, 5},
      {"BYTES=2-5", 10, 2, 5},
      {" bytes= 2-5\t", 10, 2, 5},
      {"bytes=0-0", 1, 0, 0},
      {"bytes=-1", kHuge, kHuge - 1, kHuge - 1},
      {"bytes=0-18446744073709551615", kHuge, 0, kHuge - 1},
  };
  for (const Case& c : cases) {
    const ByteRange range = parse_range(c.header, c.size);
    EXPECT_EQ(range.kind, Kind::Part) << c.header;
    EXPECT_EQ(range.first, c.first) << c.header;
    EXPECT_EQ(range.last, c.last) << c.header;
  }
}

TEST(ByteRange, BehindTheEndThenUnsatisfiable) {
  struct Case {
    std::string_view header;
    std::uint64_t size;
  };
  const Case cases[] = {
      {"bytes=10-", 10},
      {"bytes=10-20", 10},
      {"bytes=99999999999999999999999-", 10},
      {"bytes=99999999999999999999998-99999999999999999999999", kHuge},
      {"bytes=-0", 10},
      {"bytes=-0", 0},
      {"bytes=-000", 10},
      {"bytes=0-", 0},
      {"bytes=0-0", 0},
  };
  for (const Case& c : cases) EXPECT_EQ(parse_range(c.header, c.size).kind, Kind::Unsatisfiable) << c.header;
}

TEST(ByteRange, MalformedOrSeveralOrAnotherUnitThenWhole) {
  for (const std::string_view header : {"",
                                        "bytes",
                                        "bytes=",
                                        "bytes=-",
                                        "bytes=--1",
                                        "bytes=1",
                                        "bytes=5-2",
                                        "bytes=a-b",
                                        "bytes=1-b",
                                        "bytes=a-",
                                        "bytes=1-2-3",
                                        "bytes=+1-2",
                                        "bytes=0x1-2",
                                        "bytes=1 -2",
                                        "bytes=1- 2",
                                        "bytes =1-2",
                                        "bytes=1.0-2",
                                        "bytes=0-0,2-3",
                                        "bytes=0-0,",
                                        "bytes=,0-0",
                                        "bytes=-1,-2",
                                        "items=0-1",
                                        "byte=0-1",
                                        "xbytes=0-1",
                                        "0-1",
                                        "bytes=99999999999999999999999-5",
                                        "bytes=5-\xc2\xb2"}) {
    EXPECT_EQ(parse_range(header, 10).kind, Kind::Whole) << header;
  }
}

TEST(ByteRange, SuffixOfNothingThenWhole) {
  EXPECT_EQ(parse_range("bytes=-5", 0).kind, Kind::Whole);
}

}  // namespace
}  // namespace tintype::http
