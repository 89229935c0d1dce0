#include "base/time_format.h"

#include <gtest/gtest.h>

namespace tintype {
namespace {

UnixTime at(std::int64_t milliseconds) {
  return UnixTime(std::chrono::milliseconds(milliseconds));
}

TEST(TimeFormat, Rfc3339HasMillisecondsAndZ) {
  EXPECT_EQ(to_rfc3339(at(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_rfc3339(at(1'795'365'600'123)), "2026-11-22T16:40:00.123Z");
  EXPECT_EQ(to_rfc3339(at(951'782'400'007)), "2000-02-29T00:00:00.007Z");
  EXPECT_EQ(to_rfc3339(at(253'402'300'799'999)), "9999-12-31T23:59:59.999Z");
}

TEST(TimeFormat, TimesBefore1970RoundDown) {
  EXPECT_EQ(to_rfc3339(at(-1)), "1969-12-31T23:59:59.999Z");
}

TEST(TimeFormat, Rfc3339SortsAsTimeDoes) {
  EXPECT_LT(to_rfc3339(at(999'999'999'999)), to_rfc3339(at(1'000'000'000'000)));
}

TEST(TimeFormat, Rfc3339ReadsBackAsTheSameTime) {
  for (const std::int64_t time : {0LL, -1LL, 951'782'400'007LL, 1'795'365'600'123LL, 253'402'300'799'999LL}) {
    EXPECT_EQ(parse_rfc3339(to_rfc3339(at(time))), at(time)) << time;
  }
}

TEST(TimeFormat, Rfc3339IsReadWithAnyFractionAndOffset) {
  EXPECT_EQ(parse_rfc3339("2026-11-22T16:40:00Z"), at(1'795'365'600'000));
  EXPECT_EQ(parse_rfc3339("2026-11-22T16:40:00.5Z"), at(1'795'365'600'500));
  EXPECT_EQ(parse_rfc3339("2026-11-22T16:40:00.1239999999999Z"), at(1'795'365'600'123));
  EXPECT_EQ(parse_rfc3339("2026-11-22T18:10:00+01:30"), at(1'795'365'600'000));
  EXPECT_EQ(parse_rfc3339("2026-11-22T11:40:00.123-05:00"), at(1'795'365'600'123));
}

TEST(TimeFormat, WhatIsNotRfc3339IsNotRead) {
  for (const char* text : {"",
                           "2026",
                           "2026-11-22",
                           "2026-11-22T16:40:00",
                           "2026-11-22t16:40:00z",
                           "2026-11-22 16:40:00Z",
                           "2026-11-22T16:40Z",
                           "2026-11-22T16:40:00Z ",
                           " 2026-11-22T16:40:00Z",
                           "2026-11-22T16:40:00.Z",
                           "2026-11-22T16:40:00,5Z",
                           "2026-13-22T16:40:00Z",
                           "2026-00-22T16:40:00Z",
                           "2026-02-29T16:40:00Z",
                           "2026-11-00T16:40:00Z",
                           "2026-11-22T24:00:00Z",
                           "2026-11-22T16:60:00Z",
                           "2026-11-22T16:40:60Z",
                           "2026-11-22T16:40:00+1:00",
                           "2026-11-22T16:40:00+0100",
                           "2026-11-22T16:40:00+24:00",
                           "2026-11-22T16:40:00+",
                           "+026-11-22T16:40:00Z",
                           "02026-11-22T16:40:00Z",
                           "x.123",
                           "2026-11-22T16:40:99.123Z",
                           "2026-1-22T16:40:00Z",
                           "1795365600"}) {
    EXPECT_EQ(parse_rfc3339(text), std::nullopt) << text;
  }
}

TEST(TimeFormat, HttpDateIsTheFixedForm) {
  EXPECT_EQ(to_http_date(at(784'111'777'000)), "Sun, 06 Nov 1994 08:49:37 GMT");  // RFC 9110 section 5.6.7
  EXPECT_EQ(to_http_date(at(1'795'365'600'999)), "Sun, 22 Nov 2026 16:40:00 GMT");
}

}  // namespace
}  // namespace tintype
