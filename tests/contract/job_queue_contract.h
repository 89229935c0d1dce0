#pragma once

#include <gmock/gmock.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "ports/job_queue.h"
#include "tests/support/process_tree.h"

namespace tintype::testing_support {

// A queue and what it needs to live.
class JobQueueUnderTest {
 public:
  virtual ~JobQueueUnderTest() = default;
  virtual JobQueue& queue() = 0;

  // What the queue was made with; at least 2, and not many more, or tests take long.
  virtual int max_attempts() const = 0;
  // Whether a key that is in the queue is left out for certain, as on one machine, or only as far as the queue can
  // tell.
  virtual bool dedupes_keys() const = 0;
  // The shortest lease that tests can use. Longer than it takes to make a few calls, also under sanitizers.
  virtual std::chrono::milliseconds shortest_lease() const = 0;
  // Whether depth() tells a job that waits for its next attempt from one that somebody has.
  virtual bool tells_delayed_from_leased() const = 0;
};

struct JobQueueAdapter {
  std::string name;
  std::function<std::unique_ptr<JobQueueUnderTest>()> make;  // a new, empty queue

  friend std::ostream& operator<<(std::ostream& out, const JobQueueAdapter& adapter) { return out << adapter.name; }
};

// All that there are; each suite runs with each.
std::vector<JobQueueAdapter> job_queue_adapters();

class JobQueueContract : public testing::TestWithParam<JobQueueAdapter> {
 protected:
  using Jobs = std::vector<ReceivedJob>;

  // That no test outlasts.
  static constexpr std::chrono::milliseconds kLongLease{300'000};

  static Deadline soon() { return Deadline::after(std::chrono::seconds(60)); }
  static Deadline past() { return Deadline::after(std::chrono::seconds(-1)); }

  template <typename Value>
  static std::optional<ErrorCode> code_of(const Result<Value>& result) {
    return result ? std::nullopt : std::optional(result.error().code);
  }

  JobQueue& queue() { return under_test_->queue(); }
  const JobQueueUnderTest& traits() const { return *under_test_; }

  static NewJob job(const std::string& key) { return {.key = key, .body = R"({"of":")" + key + R"("})"}; }
  void push(const std::vector<std::string>& keys) {
    std::vector<NewJob> jobs;
    for (const std::string& key : keys) jobs.push_back(job(key));
    push_jobs(jobs);
  }
  void push_jobs(const std::vector<NewJob>& jobs) {
    const auto pushed = queue().push(jobs, soon());
    ASSERT_TRUE(pushed) << to_string(pushed.error());
  }

  // What is there now.
  Jobs receive(int limit, std::chrono::milliseconds lease = kLongLease) {
    const auto received = queue().receive(limit, lease, std::chrono::milliseconds(0), soon());
    EXPECT_TRUE(received) << to_string(received.error());
    return received.value_or(Jobs());
  }
  // As many jobs, as soon as they are there. All of them, or the test fails.
  Jobs take(std::size_t count, std::chrono::milliseconds lease = kLongLease);
  ReceivedJob take_one(std::chrono::milliseconds lease = kLongLease) { return take(1, lease).at(0); }

  // Takes one until there are no more attempts left but the last, which it gives.
  ReceivedJob take_for_the_last_time();

  void finish(const Jobs& jobs) { EXPECT_EQ(code_of(queue().finish(jobs, soon())), std::nullopt); }
  void abort(const ReceivedJob& job, const std::string& reason) {
    EXPECT_EQ(code_of(queue().abort(job, reason, soon())), std::nullopt);
  }
  std::vector<DeadJob> dead(int limit = 100) {
    const auto found = queue().dead(limit, soon());
    EXPECT_TRUE(found) << to_string(found.error());
    return found.value_or(std::vector<DeadJob>());
  }
  QueueDepth depth() { return queue().depth(soon()).value_or(QueueDepth{.ready = -1}); }

  static UnixTime now() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

 private:
  const std::unique_ptr<JobQueueUnderTest> under_test_ = GetParam().make();
};

// In their order.
template <typename Job>
std::vector<std::string> keys_of(const std::vector<Job>& jobs) {
  std::vector<std::string> keys;
  for (const Job& one : jobs) keys.push_back(one.job.key);
  return keys;
}

}  // namespace tintype::testing_support
