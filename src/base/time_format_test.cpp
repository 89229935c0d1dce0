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

TEST(TimeFormat, HttpDateIsTheFixedForm) {
  EXPECT_EQ(to_http_date(at(784'111'777'000)), "Sun, 06 Nov 1994 08:49:37 GMT");  // RFC 9110 section 5.6.7
  EXPECT_EQ(to_http_date(at(1'795'365'600'999)), "Sun, 22 Nov 2026 16:40:00 GMT");
}

}  // namespace
}  // namespace tintype
