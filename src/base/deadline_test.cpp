#include "base/deadline.h"

#include <gtest/gtest.h>

namespace tintype {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Deadline, InTheFutureIsNotExpired) {
  const Deadline deadline = Deadline::after(hours(1));
  EXPECT_FALSE(deadline.expired());
  EXPECT_FALSE(deadline.is_never());
  EXPECT_LE(deadline.remaining(), hours(1));
  EXPECT_GT(deadline.remaining(), hours(1) - seconds(10));
}

TEST(Deadline, InThePastHasNothingRemaining) {
  const Deadline deadline = Deadline::after(seconds(-1));
  EXPECT_TRUE(deadline.expired());
  EXPECT_EQ(deadline.remaining(), milliseconds(0));
}

TEST(Deadline, NowIsExpired) {
  EXPECT_TRUE(Deadline::after(seconds(0)).expired());
}

TEST(Deadline, NeverDoesNotExpireAndRemainsLong) {
  EXPECT_FALSE(Deadline::never().expired());
  EXPECT_TRUE(Deadline::never().is_never());
  EXPECT_GE(Deadline::never().remaining(), hours(24));
}

TEST(Deadline, EarlierOfTakesTheSooner) {
  const Deadline soon = Deadline::after(seconds(1));
  const Deadline late = Deadline::after(hours(1));
  EXPECT_EQ(soon.earlier_of(late).time_point(), soon.time_point());
  EXPECT_EQ(late.earlier_of(soon).time_point(), soon.time_point());
  EXPECT_EQ(Deadline::never().earlier_of(late).time_point(), late.time_point());
}

}  // namespace
}  // namespace tintype
