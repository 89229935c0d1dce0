#include "service/single_flight.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "tests/support/process_tree.h"

namespace tintype {
namespace {

using namespace std::chrono_literals;
using testing_support::eventually;

Deadline soon() {
  return Deadline::after(10s);
}

class SingleFlightTest : public testing::Test {
 protected:
  // A load that gives what `value_` is when it begins, and ends when it is let go.
  Result<int> load_slowly() {
    ++loads_;
    const int value = value_;
    ++running_;
    eventually([&] { return go_on_.load(); });
    --running_;
    return value;
  }
  std::future<Result<int>> run_slowly(Deadline deadline = soon()) {
    return std::async(std::launch::async, [this, deadline] {
      ++begun_;
      return flights_.run("key", deadline, [&](bool) { return load_slowly(); });
    });
  }

  SingleFlight<int> flights_;
  std::atomic<int> value_{1};
  std::atomic<int> loads_{0};
  std::atomic<int> running_{0};
  std::atomic<int> begun_{0};
  std::atomic<bool> go_on_{false};
};

TEST_F(SingleFlightTest, WhoComesWhileALoadRunsGetsTheNextAndSharesIt) {
  auto first = run_slowly();
  eventually([&] { return running_ == 1; });
  value_ = 2;  // from here on the first load's value is out of date
  std::vector<std::future<Result<int>>> others;
  for (int i = 0; i < 5; ++i) others.push_back(run_slowly());
  eventually([&] { return begun_ == 6; });
  go_on_ = true;
  EXPECT_EQ(first.get().value(), 1);
  for (auto& other : others) EXPECT_EQ(other.get().value(), 2);
  EXPECT_GE(loads_, 2);
}

TEST_F(SingleFlightTest, OneLoadOfAKeyAtATime) {
  std::vector<std::future<Result<int>>> all;
  for (int i = 0; i < 5; ++i) all.push_back(run_slowly());
  eventually([&] { return begun_ == 5; });
  EXPECT_EQ(running_, 1);
  go_on_ = true;
  for (auto& one : all) EXPECT_TRUE(one.get());
}

TEST_F(SingleFlightTest, OtherKeysDoNotWait) {
  auto first = run_slowly();
  eventually([&] { return running_ == 1; });
  EXPECT_EQ(flights_.run("other", soon(), [](bool) { return Result<int>(7); }).value(), 7);
  go_on_ = true;
  EXPECT_TRUE(first.get());
}

TEST_F(SingleFlightTest, WaitEndsWithTheDeadline) {
  auto first = run_slowly();
  eventually([&] { return running_ == 1; });
  const auto leader = run_slowly(Deadline::after(10ms)).get();
  ASSERT_FALSE(leader);
  EXPECT_EQ(leader.error().code, ErrorCode::DeadlineExceeded);
  go_on_ = true;
  EXPECT_TRUE(first.get());
  EXPECT_EQ(flights_.run("key", soon(), [](bool) { return Result<int>(7); }).value(), 7);
}

TEST_F(SingleFlightTest, WhoWaitedWithALeaderThatGaveUpGoesOn) {
  auto first = run_slowly();
  eventually([&] { return running_ == 1; });
  auto leader = run_slowly(Deadline::after(200ms));
  eventually([&] { return begun_ == 2; });
  auto follower = run_slowly();
  EXPECT_FALSE(leader.get());
  go_on_ = true;
  EXPECT_TRUE(follower.get());
  EXPECT_TRUE(first.get());
}

TEST_F(SingleFlightTest, LoadThatThrowsKeepsNobodyWaiting) {
  EXPECT_THROW((void)flights_.run("key", soon(), [](bool) -> Result<int> { throw std::runtime_error("a bug"); }),
               std::runtime_error);
  EXPECT_EQ(flights_.run("key", soon(), [](bool) { return Result<int>(7); }).value(), 7);
}

}  // namespace
}  // namespace tintype
