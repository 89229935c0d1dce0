#include "service/job_runner.h"

#include <gmock/gmock.h>

#include <stdexcept>

#include "tests/support/fake_clock.h"
#include "tests/support/fault_injecting_job_queue.h"
#include "tests/support/memory_job_queue.h"

namespace tintype {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr int kMaxAttempts = 3;
constexpr std::chrono::milliseconds kLease = 1min;

class ScriptedHandler final : public JobHandler {
 public:
  JobResult run(const JobAttempt& attempt) override {
    bodies.emplace_back(attempt.body);
    last_ones.push_back(attempt.is_last);
    return script(attempt);
  }
  std::function<JobResult(const JobAttempt&)> script = [](const JobAttempt&) { return JobResult::done(); };
  std::vector<std::string> bodies;
  std::vector<bool> last_ones;
};

class JobRunnerTest : public testing::Test {
 protected:
  static Deadline soon() { return Deadline::after(10s); }
  void push(const std::string& key, const std::string& body = R"({"type":"derive"})") {
    ASSERT_TRUE(queue_.push(std::vector<NewJob>{{key, body}}, soon()));
  }
  // False if the queue had no job to give.
  bool run_next() {
    const auto asked = Deadline::Clock::now();
    auto received = memory_queue_.receive(1, kLease, 0ms, soon());
    if (!received || received->empty()) return false;
    JobLease lease(leases_, std::move(received->front()), asked);
    runner_.run(lease);
    return true;
  }
  QueueDepth depth() { return *queue_.depth(soon()); }
  std::string dead_reason() {
    const auto dead = *queue_.dead(1, soon());
    return dead.empty() ? "(none)" : dead.front().reason;
  }
  double counted(const std::string& outcome, const std::string& type = "derive") {
    return metrics_.counter("tintype_jobs_total", "", {{"type", type}, {"outcome", outcome}}).Value();
  }

  FakeClock clock_;
  Logger log_{LogLevel::Error, -1};
  MetricsRegistry metrics_;
  MemoryJobQueue memory_queue_{clock_, kMaxAttempts};
  FaultInjectingJobQueue queue_{memory_queue_};
  ScriptedHandler handler_;
  double share_ = 0;
  JobLeaseKeeper leases_{queue_, kLease, log_};
  JobRunner runner_{queue_,
                    {{"derive", &handler_}},
                    {.max_attempts = kMaxAttempts, .random = [this] { return share_; }},
                    metrics_,
                    log_};
};

TEST_F(JobRunnerTest, DoneJobLeavesTheQueue) {
  push("a", R"({"type":"derive","x":1})");
  ASSERT_TRUE(run_next());
  EXPECT_THAT(handler_.bodies, testing::ElementsAre(R"({"type":"derive","x":1})"));
  EXPECT_EQ(depth().leased, 0);
  EXPECT_EQ(depth().dead, 0);
  EXPECT_EQ(counted("done"), 1);
}

TEST_F(JobRunnerTest, FailedJobComesAgainAfterTwiceAsLongEachTime) {
  handler_.script = [](const JobAttempt&) { return JobResult::retry("busy"); };
  push("a");
  ASSERT_TRUE(run_next());
  clock_.advance(499ms);
  EXPECT_FALSE(run_next());
  clock_.advance(1ms);  // half of a second: the random factor is 0.5
  ASSERT_TRUE(run_next());
  clock_.advance(999ms);
  EXPECT_FALSE(run_next());
  clock_.advance(1ms);
  EXPECT_TRUE(run_next());
  EXPECT_EQ(counted("retried"), 2);
}

TEST_F(JobRunnerTest, RandomFactorMakesTheDelayUpToTwiceAsLong) {
  share_ = 0.999;
  handler_.script = [](const JobAttempt&) { return JobResult::retry("busy"); };
  push("a");
  ASSERT_TRUE(run_next());
  clock_.advance(998ms);
  EXPECT_FALSE(run_next());
  clock_.advance(2ms);
  EXPECT_TRUE(run_next());
}

TEST_F(JobRunnerTest, DelayThatTheHandlerAsksForIsTaken) {
  handler_.script = [](const JobAttempt&) { return JobResult::retry("later", 10min); };
  push("a");
  ASSERT_TRUE(run_next());
  clock_.advance(10min - 1ms);
  EXPECT_FALSE(run_next());
  clock_.advance(1ms);
  EXPECT_TRUE(run_next());
}

TEST_F(JobRunnerTest, LastAttemptIsToldAndItsFailureIsTheEnd) {
  handler_.script = [](const JobAttempt&) { return JobResult::retry("broken", 0ms); };
  push("a");
  while (run_next()) {
  }
  EXPECT_THAT(handler_.last_ones, testing::ElementsAre(false, false, true));
  EXPECT_EQ(dead_reason(), "broken");
  EXPECT_EQ(counted("retried"), 2);
  EXPECT_EQ(counted("dead"), 1);
}

TEST_F(JobRunnerTest, GivenUpJobIsDeadAtOnce) {
  handler_.script = [](const JobAttempt&) { return JobResult::give_up("no such image"); };
  push("a");
  ASSERT_TRUE(run_next());
  EXPECT_EQ(dead_reason(), "no such image");
  EXPECT_EQ(counted("dead"), 1);
}

TEST_F(JobRunnerTest, UnknownTypesAndUnreadableBodiesAreDeadAtOnce) {
  push("a", R"({"type":"dance"})");
  push("b", "not JSON");
  ASSERT_TRUE(run_next());
  ASSERT_TRUE(run_next());
  EXPECT_EQ(depth().dead, 2);
  EXPECT_EQ(counted("dead", "unknown"), 2);
  EXPECT_TRUE(handler_.bodies.empty());
}

TEST_F(JobRunnerTest, ExceptionOfAHandlerIsAFailureLikeOthers) {
  handler_.script = [](const JobAttempt& attempt) -> JobResult {
    if (attempt.number == 1) throw std::runtime_error("oops");
    throw 7;
  };
  push("a");
  ASSERT_TRUE(run_next());
  EXPECT_EQ(depth().delayed, 1);
  clock_.advance(1s);
  ASSERT_TRUE(run_next());
  EXPECT_EQ(counted("retried"), 2);
}

TEST_F(JobRunnerTest, QueueThatCannotBeToldGivesTheJobAgain) {
  queue_.fail_next(QueueOperation::Finish, FaultTime::Before);
  push("a");
  ASSERT_TRUE(run_next());
  EXPECT_EQ(counted("lost"), 1);
  EXPECT_EQ(depth().leased, 1);
  clock_.advance(kLease);
  ASSERT_TRUE(run_next());
  EXPECT_EQ(counted("done"), 1);
}

TEST_F(JobRunnerTest, FailedSettlementOfFailuresIsLostToo) {
  handler_.script = [](const JobAttempt& attempt) {
    return attempt.number == 1 ? JobResult::retry("busy") : JobResult::give_up("no");
  };
  queue_.fail_next(QueueOperation::Retry, FaultTime::Before);
  queue_.fail_next(QueueOperation::Abort, FaultTime::Before);
  push("a");
  ASSERT_TRUE(run_next());
  clock_.advance(kLease);
  ASSERT_TRUE(run_next());
  EXPECT_EQ(counted("lost"), 2);
}

TEST_F(JobRunnerTest, LostJobIsNotBegun) {
  push("a");
  auto jobs = *memory_queue_.receive(1, kLease, 0ms, soon());
  queue_.fail_next(QueueOperation::Extend, FaultTime::Before, 1000);
  JobLease lease(leases_, std::move(jobs.front()), Deadline::Clock::now() - 2 * kLease);
  runner_.run(lease);
  EXPECT_TRUE(handler_.bodies.empty());
  EXPECT_EQ(counted("lost"), 1);
  EXPECT_EQ(depth().leased, 1);  // nothing was said of it
}

TEST_F(JobRunnerTest, JobThatIsGivenBackIsNotRun) {
  push("a");
  auto jobs = *memory_queue_.receive(1, kLease, 0ms, soon());
  JobLease lease(leases_, std::move(jobs.front()), Deadline::Clock::now());
  runner_.give_back(lease, 5s, "no place");
  EXPECT_TRUE(handler_.bodies.empty());
  EXPECT_EQ(depth().delayed, 1);
  EXPECT_EQ(counted("retried"), 1);
}

TEST_F(JobRunnerTest, JobIsNotBegunWhenTheProcessMustEnd) {
  leases_.end_attempts_by(Deadline::after(0ms));
  push("a");
  ASSERT_TRUE(run_next());
  EXPECT_TRUE(handler_.bodies.empty());
  EXPECT_EQ(depth().ready, 1);
}

TEST_F(JobRunnerTest, DurationIsObservedByType) {
  push("a");
  ASSERT_TRUE(run_next());
  EXPECT_THAT(metrics_.expose(), HasSubstr("tintype_job_duration_seconds_count{type=\"derive\"} 1"));
}

}  // namespace
}  // namespace tintype
