// SqsJobQueue on an engine behind a proxy (tests/engines/with sqs+faults) that refuses, delays and loses answers: a job
// may come twice, but none is lost.
#include <gmock/gmock.h>

#include <mutex>
#include <set>
#include <thread>

#include <boost/json.hpp>

#include "adapters/queue_sqs/sqs_job_queue.h"
#include "base/text.h"
#include "tests/contract/aws_test_service.h"
#include "tests/support/process_tree.h"

namespace tintype::testing_support {
namespace {

using namespace std::chrono_literals;

Deadline soon() {
  return Deadline::after(20s);
}

class SqsFaults : public testing::Test {
 protected:
  static constexpr int kMaxAttempts = 5;
  static constexpr int kPushers = 3;
  static constexpr int kWorkers = 3;
  static constexpr int kJobsOfEach = 40;

  void SetUp() override {
    require_endpoint("SQS_TEST_FAULTS");
    const auto created = queue_.create_queues(soon());
    ASSERT_TRUE(created) << to_string(created.error());
  }
  void TearDown() override { order("/reset", ""); }

  std::string order(const std::string& path, const std::string& body) {
    const auto reply = service_.http().send(
        {.method = "POST", .url = std::getenv("SQS_TEST_FAULTS") + path, .body = as_bytes(body)}, soon());
    EXPECT_TRUE(reply && reply->status == 200) << (reply ? reply->body : to_string(reply.error().error));
    return reply ? reply->body : std::string();
  }
  // How many requests have met `fault`.
  std::int64_t faults(const std::string& fault) {
    const auto said = boost::json::parse(order("/settings", "{}"));
    return said.at("counters").at("faults").at(fault).to_number<std::int64_t>();
  }

  // As a service does: what could not be pushed is pushed again.
  void push_all(int pusher) {
    for (int i = 0; i < kJobsOfEach; i += 4) {
      std::vector<NewJob> jobs;
      for (int k = i; k < i + 4; ++k) {
        jobs.push_back({.key = std::to_string(pusher) + '/' + std::to_string(k), .body = "{}"});
      }
      EXPECT_TRUE(eventually([&] { return queue_.push(jobs, soon()).has_value(); }));
    }
  }
  // Takes jobs and settles them, each in the way that its number says, until all are done.
  void work() {
    EXPECT_TRUE(eventually(
        [&] {
          const auto jobs = queue_.receive(10, 3s, 1s, soon());
          for (const ReceivedJob& job : jobs.value_or(std::vector<ReceivedJob>())) settle(job);
          return count_done() == kPushers * kJobsOfEach;
        },
        120s));
  }
  void settle(const ReceivedJob& job) {
    const bool fails_at_first = job.job.key.ends_with('3');
    if (fails_at_first && job.attempt == 1) {
      (void)queue_.retry(job, 0ms, "at first", soon());
      return;
    }
    const bool is_hopeless = job.job.key.ends_with('7');
    const bool settled = is_hopeless ? queue_.abort(job, "hopeless", soon()).has_value()
                                     : queue_.finish(std::span(&job, 1), soon()).has_value();
    const std::lock_guard lock(mutex_);
    if (settled && !is_hopeless) finished_.insert(job.job.key);
  }
  // Finished by a worker, or a dead letter.
  int count_done() {
    const auto dead = queue_.dead(1000, soon());
    const std::lock_guard lock(mutex_);
    std::set<std::string> done = finished_;
    for (const DeadJob& job : dead.value_or(std::vector<DeadJob>())) done.insert(job.job.key);
    return static_cast<int>(done.size());
  }

  AwsTestService service_{"sqs", "SQS_TEST_ENDPOINT"};
  SystemClock clock_;
  SqsJobQueue queue_{service_.client(), clock_, {.queue = {.name = new_test_name()}, .max_attempts = kMaxAttempts}};
  std::mutex mutex_;
  std::set<std::string> finished_;  // guarded by mutex_
};

TEST_F(SqsFaults, NoJobIsLost) {
  order("/settings", R"({"answer":0.1,"resetBefore":0.05,"resetAfter":0.1,"jitter":30,"answerType":"application/json",
                         "answerBody":"{\"__type\":\"com.amazonaws.sqs#ServiceUnavailable\"}"})");
  std::vector<std::thread> threads;
  for (int i = 0; i < kPushers; ++i) threads.emplace_back([this, i] { push_all(i); });
  for (int i = 0; i < kWorkers; ++i) threads.emplace_back([this] { work(); });
  for (std::thread& thread : threads) thread.join();
  const std::int64_t refused = faults("answer");
  const std::int64_t lost = faults("resetAfter");
  EXPECT_GT(refused, 0);
  EXPECT_GT(lost, 0);
  std::printf("%d jobs, %lld calls refused, %lld answers lost\n", kPushers * kJobsOfEach,
              static_cast<long long>(refused), static_cast<long long>(lost));
  order("/reset", "");
  const auto dead = queue_.dead(1000, soon());
  ASSERT_TRUE(dead);
  EXPECT_GE(std::ranges::count(*dead, "hopeless", &DeadJob::reason), kPushers * kJobsOfEach / 10);
}

}  // namespace
}  // namespace tintype::testing_support
