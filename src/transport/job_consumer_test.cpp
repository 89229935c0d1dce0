#include "transport/job_consumer.h"

#include <fcntl.h>
#include <gmock/gmock.h>

#include <atomic>
#include <fstream>
#include <stdexcept>

#include "adapters/system_clock/system_clock.h"
#include "base/unique_fd.h"
#include "model/jobs/job.h"
#include "tests/support/fault_injecting_job_queue.h"
#include "tests/support/memory_job_queue.h"
#include "tests/support/process_tree.h"
#include "tests/support/temp_directory.h"

namespace tintype {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kLease = 2s;

// Does nothing, or waits until it is let go or its time is over.
class GatedHandler final : public JobHandler {
 public:
  JobResult run(const JobAttempt& attempt) override {
    ++begun;
    std::this_thread::sleep_for(takes.load());
    while (closed && !attempt.hold.deadline().expired()) std::this_thread::sleep_for(1ms);
    if (closed) ++out_of_time;
    if (throws) throw std::runtime_error("oops");
    if (closed) return JobResult::retry("too slow");
    ++done;
    return JobResult::done();
  }
  std::atomic<bool> closed = false;
  std::atomic<bool> throws = false;
  std::atomic<std::chrono::milliseconds> takes = 0ms;
  std::atomic<int> begun = 0;
  std::atomic<int> done = 0;
  std::atomic<int> out_of_time = 0;
};

class JobConsumerTest : public testing::Test {
 protected:
  static Deadline soon() { return Deadline::after(20s); }
  void push(const std::string& type, int count, const std::string& prefix = "") {
    std::vector<NewJob> jobs;
    for (int i = 0; i < count; ++i) {
      jobs.push_back({prefix + type + std::to_string(i), R"({"type":")" + type + "\"}"});
    }
    ASSERT_TRUE(memory_queue_.push(jobs, soon()));
  }
  void start(JobConsumer::Options options = {.threads = 2, .webhook_threads = 2, .lease = kLease, .wait = 100ms}) {
    consumer_ = std::make_unique<JobConsumer>(queue_, runner_, options, log_);
  }
  QueueDepth depth() { return *memory_queue_.depth(soon()); }
  double counted(const std::string& type, const std::string& outcome) {
    return metrics_.counter("tintype_jobs_total", "", {{"type", type}, {"outcome", outcome}}).Value();
  }
  // Opens the gates, for handlers that are still at work.
  ~JobConsumerTest() override {
    derive_.closed = false;
    webhook_.closed = false;
  }

  SystemClock clock_;
  int log_lines_with(const std::string& text) const {
    std::ifstream file(log_path_);
    int found = 0;
    for (std::string line; std::getline(file, line);) found += line.find(text) != std::string::npos ? 1 : 0;
    return found;
  }

  TempDirectory directory_;
  const std::filesystem::path log_path_ = directory_.path() / "log";
  const UniqueFd log_fd_{::open(log_path_.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600)};
  Logger log_{LogLevel::Info, log_fd_.get()};
  MetricsRegistry metrics_;
  MemoryJobQueue memory_queue_{clock_, 5};
  FaultInjectingJobQueue queue_{memory_queue_};
  GatedHandler derive_;
  GatedHandler webhook_;
  JobRunner runner_{queue_, {{"derive", &derive_}, {"webhook", &webhook_}}, {.max_attempts = 5}, metrics_, log_};
  std::unique_ptr<JobConsumer> consumer_;
};

TEST_F(JobConsumerTest, JobsOfBothKindsAreDone) {
  push("derive", 30);
  push("webhook", 30);
  start();
  EXPECT_TRUE(eventually([&] { return derive_.done == 30 && webhook_.done == 30; }));
  EXPECT_TRUE(eventually([&] { return depth().leased == 0; }));
  EXPECT_EQ(depth().dead, 0);
}

TEST_F(JobConsumerTest, WebhooksThatHangDoNotHoldUpOtherJobs) {
  webhook_.closed = true;
  push("webhook", 40);
  push("derive", 40);
  start();
  EXPECT_TRUE(eventually([&] { return derive_.done == 40; }));
  EXPECT_EQ(webhook_.done, 0);
  EXPECT_LE(webhook_.begun, 2);
}

TEST_F(JobConsumerTest, WebhookThatFindsNoPlaceComesAgainAndIsSent) {
  webhook_.closed = true;
  push("webhook", 20);  // two are sent and eight wait
  start();
  EXPECT_TRUE(eventually([&] { return counted("webhook", "retried") >= 10; }));
  webhook_.closed = false;
  EXPECT_TRUE(eventually([&] { return webhook_.done == 20; }));
}

// But for a few perhaps, on a machine that is busy itself.
TEST_F(JobConsumerTest, BusyWebhooksThatMoveAreWaitedForAndNotGivenBack) {
  webhook_.takes = 2ms;
  push("webhook", 200);
  start();
  EXPECT_TRUE(eventually([&] { return webhook_.done == 200; }));
  EXPECT_LT(counted("webhook", "retried"), 50);
}

TEST_F(JobConsumerTest, NoMoreJobsAreTakenThanCanBeBegunSoon) {
  derive_.closed = true;
  push("derive", 50);
  start();
  ASSERT_TRUE(eventually([&] { return derive_.begun == 2 && depth().leased == 4; }));
  push("webhook", 1);
  EXPECT_TRUE(eventually([&] { return queue_.calls(QueueOperation::Extend) >= 4; }));  // time goes by
  EXPECT_EQ(depth().leased, 4);
  derive_.closed = false;
  EXPECT_TRUE(eventually([&] { return derive_.done == 50 && webhook_.done == 1; }));
  EXPECT_EQ(counted("derive", "retried"), 0);
}

TEST_F(JobConsumerTest, JobThatTakesLongerThanItsLeaseStaysOurs) {
  derive_.closed = true;
  push("derive", 4);  // two of which wait in line
  start({.threads = 2, .lease = 400ms, .wait = 50ms});
  EXPECT_TRUE(eventually([&] { return queue_.calls(QueueOperation::Extend) >= 4 * 6; }));  // two leases' time
  derive_.closed = false;
  EXPECT_TRUE(eventually([&] { return depth().leased == 0; }));
  EXPECT_EQ(counted("derive", "done"), 4);
  EXPECT_EQ(derive_.begun, 4);
}

TEST_F(JobConsumerTest, LostLeaseEndsTheAttemptAndTheJobIsLeftToOthers) {
  derive_.closed = true;
  queue_.set_hook(QueueOperation::Extend, FaultTime::Before,
                  [](std::string_view) { return std::optional(Error{ErrorCode::ClaimLost, "somebody has it"}); });
  push("derive", 1);
  start({.threads = 1, .lease = 300ms, .wait = 50ms});
  EXPECT_TRUE(eventually([&] { return derive_.out_of_time >= 1; }));
  EXPECT_TRUE(eventually([&] { return counted("derive", "lost") >= 1; }));
  EXPECT_EQ(queue_.calls(QueueOperation::Retry), 0u);
}

TEST_F(JobConsumerTest, HandlerThatThrowsEndsNeitherThreadNorJob) {
  derive_.throws = true;
  push("derive", 6);
  start();
  ASSERT_TRUE(eventually([&] { return counted("derive", "retried") == 6; }));
  derive_.throws = false;
  EXPECT_TRUE(eventually([&] { return derive_.done == 6; }));
}

TEST_F(JobConsumerTest, QueueThatIsGoneIsAskedAgainUntilItIsBackWhichIsLoggedOnce) {
  queue_.fail_next(QueueOperation::Receive, FaultTime::Before, 3);
  push("derive", 1);
  start();
  EXPECT_TRUE(eventually([&] { return derive_.done == 1; }));
  EXPECT_GE(queue_.calls(QueueOperation::Receive), 4u);
  EXPECT_EQ(log_lines_with("does not answer"), 1);
  EXPECT_EQ(log_lines_with("answers again"), 1);
}

TEST_F(JobConsumerTest, QueueThatIsGoneIsAskedAtGrowingDistances) {
  queue_.fail_next(QueueOperation::Receive, FaultTime::Before, 1'000'000);
  const auto begin = std::chrono::steady_clock::now();
  start();
  ASSERT_TRUE(eventually([&] { return queue_.calls(QueueOperation::Receive) == 4; }));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 700ms);  // half of 0.2 + 0.4 + 0.8
  const auto stopping = std::chrono::steady_clock::now();
  consumer_ = nullptr;
  EXPECT_LT(std::chrono::steady_clock::now() - stopping, 5s);
}

TEST_F(JobConsumerTest, StopWaitsForWhatIsUnderWayAndGivesBackTheRest) {
  derive_.closed = true;
  push("derive", 10);
  start();
  ASSERT_TRUE(eventually([&] { return derive_.begun == 2 && depth().leased == 4; }));
  std::thread opener([&] {
    ASSERT_TRUE(eventually([&] { return depth().ready == 8; }));
    derive_.closed = false;
  });
  consumer_->stop(soon());
  opener.join();
  EXPECT_EQ(derive_.done, 2);
  EXPECT_EQ(depth().ready, 8);
  EXPECT_EQ(depth().leased, 0);
}

TEST_F(JobConsumerTest, StopEndsAttemptsAtItsDeadlineAndTheyAreTriedAgain) {
  derive_.closed = true;
  push("derive", 1);
  start({.threads = 1, .lease = 10min, .wait = 50ms});
  ASSERT_TRUE(eventually([&] { return derive_.begun == 1; }));
  consumer_->stop(Deadline::after(50ms));
  EXPECT_EQ(derive_.out_of_time, 1);
  EXPECT_EQ(depth().delayed, 1);
}

TEST_F(JobConsumerTest, StopDoesNotWaitForAQueueWithoutJobs) {
  start({.threads = 1, .lease = 10min, .wait = 200ms});
  ASSERT_TRUE(eventually([&] { return queue_.calls(QueueOperation::Receive) > 0; }));
  const auto begin = std::chrono::steady_clock::now();
  consumer_->stop(soon());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
}

// Given back, it would be a dead letter that nobody has tried.
TEST_F(JobConsumerTest, JobOnItsLastAttemptIsDoneDuringTheStop) {
  MemoryJobQueue twice(clock_, 2);
  JobRunner runner(twice, {{"derive", &derive_}}, {.max_attempts = 2}, metrics_, log_);
  const auto push_derive = [&](std::vector<std::string> keys) {
    std::vector<NewJob> jobs;
    for (const std::string& key : keys) jobs.push_back({key, R"({"type":"derive"})"});
    ASSERT_TRUE(twice.push(jobs, soon()));
  };
  const auto leased = [&] { return twice.depth(soon())->leased; };
  JobConsumer consumer(twice, runner, {.threads = 2, .lease = kLease, .wait = 50ms}, log_);
  derive_.throws = true;
  push_derive({"old"});
  ASSERT_TRUE(eventually([&] { return twice.depth(soon())->delayed == 1; }));
  derive_.closed = true;
  derive_.throws = false;
  push_derive({"busy1", "busy2"});
  ASSERT_TRUE(eventually([&] { return leased() == 3; }));  // the old one is in line, for the last time
  push_derive({"new"});
  ASSERT_TRUE(eventually([&] { return leased() == 4; }));
  std::thread stopper([&] { consumer.stop(soon()); });
  EXPECT_TRUE(eventually([&] { return twice.depth(soon())->ready == 1; }));
  derive_.closed = false;
  stopper.join();
  EXPECT_EQ(derive_.done, 3);
  EXPECT_EQ(twice.depth(soon())->dead, 0);
}

TEST_F(JobConsumerTest, WebhookOnItsLastAttemptFindsALongerLine) {
  MemoryJobQueue once(clock_, 1);
  JobRunner runner(once, {{"webhook", &webhook_}}, {.max_attempts = 1}, metrics_, log_);
  webhook_.closed = true;
  std::vector<NewJob> jobs;
  for (int i = 0; i < 12; ++i) jobs.push_back({std::to_string(i), R"({"type":"webhook"})"});
  ASSERT_TRUE(once.push(jobs, soon()));
  JobConsumer consumer(once, runner, {.webhook_threads = 1, .lease = kLease, .wait = 50ms}, log_);
  EXPECT_TRUE(eventually([&] { return once.depth(soon())->leased == 12; }));
  webhook_.closed = false;
  EXPECT_TRUE(eventually([&] { return webhook_.done == 12; }));
}

}  // namespace
}  // namespace tintype
