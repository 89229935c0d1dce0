// SqsJobQueue in the suites of job_queue_*.cpp, on the engine that SQS_TEST_ENDPOINT names: each test makes a pair of
// queues of its own there, and leaves them.
#include "adapters/queue_sqs/sqs_job_queue.h"
#include "tests/contract/aws_test_service.h"
#include "tests/contract/job_queue_contract.h"

namespace tintype::testing_support {
namespace {

class SqsUnderTest final : public JobQueueUnderTest {
 public:
  SqsUnderTest() {
    const auto created = queue_.create_queues(Deadline::after(std::chrono::seconds(30)));
    EXPECT_TRUE(created) << to_string(created.error());
  }
  JobQueue& queue() override { return queue_; }
  int max_attempts() const override { return kMaxAttempts; }
  bool dedupes_keys() const override { return false; }
  std::chrono::milliseconds shortest_lease() const override { return std::chrono::seconds(1); }
  bool tells_delayed_from_leased() const override { return false; }

 private:
  static AwsTestService& service() {
    static AwsTestService shared("sqs", "SQS_TEST_ENDPOINT");  // by all tests of a run
    return shared;
  }
  static constexpr int kMaxAttempts = 3;

  SystemClock clock_;
  SqsJobQueue queue_{service().client(), clock_, {.queue = {.name = new_test_name()}, .max_attempts = kMaxAttempts}};
};

}  // namespace

std::vector<JobQueueAdapter> job_queue_adapters() {
  require_endpoint("SQS_TEST_ENDPOINT");
  return {{"Sqs", [] { return std::make_unique<SqsUnderTest>(); }}};
}

}  // namespace tintype::testing_support
