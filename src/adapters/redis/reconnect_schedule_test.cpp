#include "adapters/redis/reconnect_schedule.h"

#include <gtest/gtest.h>

namespace tintype::redis {
namespace {

using std::chrono::milliseconds;

TEST(ReconnectSchedule, FirstAttemptIsAtOnce) {
  EXPECT_EQ(ReconnectSchedule().delay(), milliseconds(0));
}

TEST(ReconnectSchedule, EachFailureAddsAStepUpToTwoSeconds) {
  ReconnectSchedule schedule;
  for (int failures = 1; failures <= 100; ++failures) {
    schedule.failed();
    EXPECT_EQ(schedule.delay(), milliseconds(std::min(50 * failures, 2000)));
  }
}

TEST(ReconnectSchedule, ThreeFailuresInARowOpenTheBreaker) {
  ReconnectSchedule schedule;
  schedule.failed();
  schedule.failed();
  EXPECT_FALSE(schedule.is_open());
  schedule.failed();
  EXPECT_TRUE(schedule.is_open());
}

TEST(ReconnectSchedule, WorkingConnectionForgetsTheFailures) {
  ReconnectSchedule schedule;
  for (int i = 0; i < 3; ++i) schedule.failed();
  schedule.worked();
  EXPECT_FALSE(schedule.is_open());
  EXPECT_EQ(schedule.delay(), milliseconds(0));
}

}  // namespace
}  // namespace tintype::redis
