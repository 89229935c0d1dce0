#include "base/periodic_task.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace tintype {
namespace {

using namespace std::chrono_literals;

TEST(PeriodicTask, RunsAtOnceAndAgainAfterThePause) {
  std::atomic<int> runs = 0;
  std::promise<void> third;
  const PeriodicTask task("test", 1ms, [&](const std::stop_token&) {
    if (++runs == 3) third.set_value();
    return false;
  });
  EXPECT_EQ(third.get_future().wait_for(10s), std::future_status::ready);
}

TEST(PeriodicTask, MoreToDoFollowsWithoutAPause) {
  std::atomic<int> runs = 0;
  std::promise<void> third;
  const PeriodicTask task("test", 1h, [&](const std::stop_token&) {
    if (++runs == 3) third.set_value();
    return runs < 3;
  });
  EXPECT_EQ(third.get_future().wait_for(10s), std::future_status::ready);
}

TEST(PeriodicTask, IsWokenFromItsPauseAndRunsOnceMoreIfWokenWhileItRuns) {
  std::atomic<int> runs = 0;
  std::promise<void> first;
  std::promise<void> second;
  std::promise<void> go_on;
  std::promise<void> third;
  PeriodicTask task("test", 1h, [&](const std::stop_token&) {
    ++runs;
    if (runs == 1) first.set_value();
    if (runs == 2) {
      second.set_value();
      go_on.get_future().wait();
    }
    if (runs == 3) third.set_value();
    return false;
  });
  first.get_future().wait();
  task.wake();
  ASSERT_EQ(second.get_future().wait_for(10s), std::future_status::ready);
  task.wake();
  go_on.set_value();
  EXPECT_EQ(third.get_future().wait_for(10s), std::future_status::ready);
}

TEST(PeriodicTask, EndCutsThePauseShort) {
  const auto start = std::chrono::steady_clock::now();
  std::promise<void> ran;
  {
    const PeriodicTask task("test", 1h, [&](const std::stop_token&) { return ran.set_value(), false; });
    ran.get_future().wait();
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
}

TEST(PeriodicTask, EndAsksTheRunUnderWayToStop) {
  std::promise<void> begun;
  std::atomic<bool> stopped = false;
  {
    const PeriodicTask task("test", 1h, [&](const std::stop_token& stop) {
      begun.set_value();
      while (!stop.stop_requested()) std::this_thread::yield();
      stopped = true;
      return false;
    });
    begun.get_future().wait();
  }
  EXPECT_TRUE(stopped);
}

}  // namespace
}  // namespace tintype
