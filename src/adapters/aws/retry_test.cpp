#include "adapters/aws/retry.h"

#include <gtest/gtest.h>

namespace tintype::aws {
namespace {

using namespace std::chrono_literals;
using Outcome = AttemptFailure::Outcome;

constexpr AttemptFailure kNotExecuted{.outcome = Outcome::NotExecuted};
constexpr AttemptFailure kMayHaveRun{.outcome = Outcome::MayHaveRun};

class RetryTest : public testing::Test {
 protected:
  Retry retry(bool idempotent = true, Deadline deadline = Deadline::never()) {
    return {policy_, budget_, idempotent, deadline};
  }

  RetryPolicy policy_{.random = [] { return 0.5; }};
  RetryBudget budget_;
};

TEST_F(RetryTest, PausesDoubleAndAreAtMostTheLongest) {
  policy_.max_attempts = 12;
  Retry calls = retry();
  for (const auto expected : {25ms, 50ms, 100ms, 200ms, 400ms, 800ms, 1600ms, 2500ms, 2500ms}) {
    EXPECT_EQ(calls.after(kNotExecuted), expected);
  }
}

TEST_F(RetryTest, ThrottledCallsPauseLonger) {
  EXPECT_EQ(retry().after({.outcome = Outcome::NotExecuted, .throttled = true}), 100ms);
}

TEST_F(RetryTest, PauseIsRandomUpToItsMost) {
  policy_.random = nullptr;
  for (int i = 0; i < 100; ++i) {
    const auto pause = retry().after(kNotExecuted);
    ASSERT_TRUE(pause);
    EXPECT_GE(*pause, 0ms);
    EXPECT_LT(*pause, 50ms);
  }
}

TEST_F(RetryTest, WaitThatTheServiceAskedForIsKept) {
  EXPECT_EQ(retry().after({.outcome = Outcome::NotExecuted, .retry_after = 2s}), 2s);
}

TEST_F(RetryTest, AttemptsAreCounted) {
  policy_.max_attempts = 3;
  Retry call = retry();
  EXPECT_EQ(call.attempts(), 1);
  EXPECT_TRUE(call.after(kNotExecuted));
  EXPECT_TRUE(call.after(kNotExecuted));
  EXPECT_EQ(call.attempts(), 3);
  EXPECT_FALSE(call.after(kNotExecuted));
}

TEST_F(RetryTest, FinalAnswerIsNotAskedForAgain) {
  EXPECT_FALSE(retry().after({.outcome = Outcome::Final}));
}

TEST_F(RetryTest, CallThatMayHaveRunIsRepeatedOnlyIfItMayRunTwice) {
  EXPECT_TRUE(retry(true).after(kMayHaveRun));
  EXPECT_FALSE(retry(false).after(kMayHaveRun));
  EXPECT_TRUE(retry(false).after(kNotExecuted));
}

TEST_F(RetryTest, PauseThatOutlastsTheDeadlineIsNotBegun) {
  EXPECT_FALSE(retry(true, Deadline::after(20ms)).after(kNotExecuted));
  EXPECT_EQ(budget_.tokens(), 500);
}

TEST_F(RetryTest, BudgetEndsRetriesWhenAServiceIsDownAndFillsWithSuccess) {
  RetryBudget small(12);
  Retry first(policy_, small, true, Deadline::never());
  EXPECT_TRUE(first.after({.outcome = Outcome::MayHaveRun, .timed_out = true}));
  EXPECT_EQ(small.tokens(), 2);
  Retry second(policy_, small, true, Deadline::never());
  EXPECT_FALSE(second.after(kNotExecuted));
  second.succeeded();
  EXPECT_EQ(small.tokens(), 3);
  first.succeeded();
  EXPECT_EQ(small.tokens(), 12) << "what its retry took, and no more than there was";
}

}  // namespace
}  // namespace tintype::aws
