#include "service/job_lease.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "adapters/system_clock/system_clock.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fault_injecting_job_queue.h"
#include "tests/support/memory_job_queue.h"
#include "tests/support/process_tree.h"

namespace tintype {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;

class JobLeaseTest : public testing::Test {
 protected:
  static Deadline soon() { return Deadline::after(10s); }
  ReceivedJob received() {
    EXPECT_TRUE(queue_.push(std::vector<NewJob>{{"job", "{}"}}, soon()));
    return queue_.receive(1, kShortLease, 0ms, soon())->at(0);
  }
  std::size_t extensions() const { return queue_.calls(QueueOperation::Extend); }

  static constexpr std::chrono::milliseconds kShortLease{300};
  FakeClock clock_;
  Logger log_{LogLevel::Error, -1};
  MemoryJobQueue memory_queue_{clock_};
  FaultInjectingJobQueue queue_{memory_queue_};
  JobLeaseKeeper keeper_{queue_, kShortLease, log_};
};

TEST_F(JobLeaseTest, IsExtendedAgainAndAgainWhileItLives) {
  const auto asked = Deadline::Clock::now();
  const JobLease lease(keeper_, received(), asked);
  EXPECT_TRUE(eventually([&] { return extensions() >= 4; }));
  EXPECT_TRUE(eventually([&] { return lease.deadline().time_point() > asked + 2 * kShortLease; }));
  EXPECT_TRUE(lease.is_held());
}

TEST_F(JobLeaseTest, ThatIsLostPutsTheDeadlineIntoThePast) {
  const JobLease lease(keeper_, received(), Deadline::Clock::now());
  clock_.advance(1h);  // it is over, for the queue
  EXPECT_TRUE(eventually([&] { return extensions() > 0 && !lease.is_held(); }));
  EXPECT_TRUE(lease.deadline().expired());
}

TEST_F(JobLeaseTest, FailedExtensionIsTriedAgainBeforeTheLeaseEnds) {
  queue_.fail_next(QueueOperation::Extend, FaultTime::Before, 2);
  const auto asked = Deadline::Clock::now();
  const JobLease lease(keeper_, received(), asked);
  EXPECT_TRUE(eventually([&] { return lease.deadline().time_point() > asked + kShortLease; }));
}

TEST_F(JobLeaseTest, WithoutExtensionTheDeadlineIsTheEndOfTheLease) {
  queue_.fail_next(QueueOperation::Extend, FaultTime::Before, 1'000'000);
  const auto asked = Deadline::Clock::now();
  JobLease lease(keeper_, received(), asked);
  EXPECT_EQ(lease.deadline().time_point(), asked + kShortLease);
  EXPECT_TRUE(eventually([&] { return !lease.is_held(); }));
  EXPECT_FALSE(lease.end());
}

TEST_F(JobLeaseTest, ThatHasEndedIsNotExtended) {
  JobLease lease(keeper_, received(), Deadline::Clock::now());
  EXPECT_TRUE(lease.end());
  const std::size_t before = extensions();
  const ReceivedJob unknown{.job = {"other", "{}"}, .receipt = "none", .pushed_at = {}};
  const JobLease other(keeper_, unknown, Deadline::Clock::now());
  EXPECT_TRUE(eventually([&] { return extensions() > before; }));
  EXPECT_TRUE(eventually([&] { return !other.is_held(); }));
  EXPECT_EQ(extensions(), before + 1);  // the other's
}

TEST_F(JobLeaseTest, AttemptsEndEarlierOnceTheyMustWhileTheLeaseGoesOn) {
  const JobLease lease(keeper_, received(), Deadline::Clock::now());
  const Deadline end = Deadline::after(20ms);
  keeper_.end_attempts_by(end);
  EXPECT_EQ(lease.deadline().time_point(), end.time_point());
  EXPECT_TRUE(eventually([&] { return extensions() >= 2; }));
  EXPECT_EQ(lease.deadline().time_point(), end.time_point());
  EXPECT_TRUE(lease.is_held());
}

TEST_F(JobLeaseTest, ExtensionThatHangsDoesNotHoldUpTheEndAndChangesNoOtherLease) {
  std::promise<void> begun;
  std::promise<void> go_on;
  std::atomic<bool> first = true;
  queue_.set_hook(QueueOperation::Extend, FaultTime::Before, [&](std::string_view) {
    if (first.exchange(false)) {
      begun.set_value();
      go_on.get_future().wait();
    }
    return std::optional<Error>();
  });
  auto lease = std::make_unique<JobLease>(keeper_, received(), Deadline::Clock::now());
  begun.get_future().wait();
  lease->end();
  const ReceivedJob job = lease->job();
  lease = std::make_unique<JobLease>(keeper_, job, Deadline::Clock::now() - kShortLease);  // perhaps in its place
  const auto deadline = lease->deadline();
  lease->end();
  go_on.set_value();
  EXPECT_EQ(lease->deadline().time_point(), deadline.time_point());
}

}  // namespace
}  // namespace tintype
