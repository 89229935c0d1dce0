#include "service/job_backoff.h"

#include <gtest/gtest.h>

namespace tintype {
namespace {

using namespace std::chrono_literals;

TEST(Backoff, DoublesWithEachAttemptUpToTheLongest) {
  EXPECT_EQ(backoff(1, 1s, 5min, 0), 500ms);
  EXPECT_EQ(backoff(2, 1s, 5min, 0), 1s);
  EXPECT_EQ(backoff(4, 1s, 5min, 0), 4s);
  EXPECT_EQ(backoff(100, 1s, 5min, 0), 150s);
  EXPECT_EQ(backoff(0, 1s, 5min, 0), 500ms);
}

TEST(Backoff, LiesBetweenHalfAndWhole) {
  EXPECT_EQ(backoff(1, 1s, 5min, 0.5), 750ms);
  EXPECT_EQ(jittered(1s, 0.999), 999ms);
}

}  // namespace
}  // namespace tintype
