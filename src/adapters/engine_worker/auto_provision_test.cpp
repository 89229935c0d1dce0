#include "adapters/engine_worker/auto_provision.h"

#include <gmock/gmock.h>

namespace tintype {
namespace {

using namespace std::chrono_literals;

// Of 1 to 8 workers, with a window of a minute that the test ends.
class AutoProvisionTest : public testing::Test {
 protected:
  static constexpr AutoProvision::Policy kPolicy{.least = 1, .most = 8, .window = 60s};

  // A window with so much work in it that `target` workers were kept. Gives the number to keep after it.
  int after_window(int target, int requests, int cold_starts, int busy) {
    AutoProvision provision(kPolicy, target, start_);
    fill(provision, requests, cold_starts, busy);
    return provision.target(start_ + 60s);
  }
  static void fill(AutoProvision& provision, int requests, int cold_starts, int busy) {
    for (int i = 0; i < requests; ++i) provision.count_request();
    for (int i = 0; i < cold_starts; ++i) provision.count_cold_start();
    provision.saw_busy(busy);
  }

  const AutoProvision::Clock::time_point start_{1h};
};

TEST_F(AutoProvisionTest, ManyColdStartsRaiseByOne) {
  EXPECT_EQ(after_window(2, 100, 6, 1), 3);
}

TEST_F(AutoProvisionTest, ManyColdStartsRaiseToTheMostThatWereBusy) {
  EXPECT_EQ(after_window(2, 100, 6, 5), 5);
}

TEST_F(AutoProvisionTest, NeverRaisesAboveMost) {
  EXPECT_EQ(after_window(8, 100, 50, 1), 8);
  EXPECT_EQ(after_window(2, 100, 50, 20), 8);
}

TEST_F(AutoProvisionTest, FivePercentDoNotRaise) {
  EXPECT_EQ(after_window(2, 100, 5, 5), 2);
}

TEST_F(AutoProvisionTest, FewColdStartsLowerByOneIfNeverAllWereBusy) {
  EXPECT_EQ(after_window(4, 1000, 9, 3), 3);
}

TEST_F(AutoProvisionTest, AllBusyAtOnceDoesNotLower) {
  EXPECT_EQ(after_window(4, 1000, 0, 4), 4);
}

TEST_F(AutoProvisionTest, OnePercentDoesNotLower) {
  EXPECT_EQ(after_window(4, 1000, 10, 1), 4);
}

TEST_F(AutoProvisionTest, IdleWindowLowers) {
  EXPECT_EQ(after_window(4, 0, 0, 0), 3);
}

TEST_F(AutoProvisionTest, NeverLowersBelowLeast) {
  EXPECT_EQ(after_window(1, 0, 0, 0), 1);
}

TEST_F(AutoProvisionTest, FirstTargetIsKeptWithinBounds) {
  EXPECT_EQ(AutoProvision(kPolicy, 0, start_).target(start_), 1);
  EXPECT_EQ(AutoProvision(kPolicy, 9, start_).target(start_), 8);
}

TEST_F(AutoProvisionTest, NothingChangesBeforeTheWindowIsOver) {
  AutoProvision provision(kPolicy, 2, start_);
  fill(provision, 100, 100, 8);
  EXPECT_EQ(provision.target(start_ + 60s - 1ns), 2);
  EXPECT_EQ(provision.last_ratio(), 0);
}

TEST_F(AutoProvisionTest, EachWindowStartsAfresh) {
  AutoProvision provision(kPolicy, 2, start_);
  fill(provision, 100, 100, 8);
  ASSERT_EQ(provision.target(start_ + 60s), 8);
  EXPECT_EQ(provision.target(start_ + 120s), 7);
}

TEST_F(AutoProvisionTest, ALateEndMovesTheNextWindow) {
  AutoProvision provision(kPolicy, 4, start_);
  ASSERT_EQ(provision.target(start_ + 90s), 3);
  EXPECT_EQ(provision.target(start_ + 120s), 3);
  EXPECT_EQ(provision.target(start_ + 150s), 2);
}

TEST_F(AutoProvisionTest, TheLargestNumberBusyCounts) {
  AutoProvision provision(kPolicy, 2, start_);
  fill(provision, 10, 10, 6);
  provision.saw_busy(3);
  EXPECT_EQ(provision.target(start_ + 60s), 6);
}

TEST_F(AutoProvisionTest, RatioIsThatOfTheLastWindow) {
  AutoProvision provision(kPolicy, 2, start_);
  fill(provision, 8, 2, 1);
  provision.target(start_ + 60s);
  EXPECT_DOUBLE_EQ(provision.last_ratio(), 0.25);
}

TEST_F(AutoProvisionTest, RatioOfAnIdleWindowIsZero) {
  AutoProvision provision(kPolicy, 2, start_);
  provision.target(start_ + 60s);
  EXPECT_EQ(provision.last_ratio(), 0);
}

// A request is counted in one window and its cold start may come in the next.
TEST_F(AutoProvisionTest, RatioIsAtMostOne) {
  AutoProvision provision(kPolicy, 2, start_);
  fill(provision, 1, 3, 1);
  provision.target(start_ + 60s);
  EXPECT_DOUBLE_EQ(provision.last_ratio(), 1);
}

}  // namespace
}  // namespace tintype
