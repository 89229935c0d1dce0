// The adapter that needs nothing but this machine, in the suites of job_queue_*.cpp.
#include "adapters/queue_sqlite/sqlite_job_queue.h"
#include "adapters/system_clock/system_clock.h"
#include "tests/contract/job_queue_contract.h"
#include "tests/support/temp_directory.h"

namespace tintype::testing_support {
namespace {

class SqliteUnderTest final : public JobQueueUnderTest {
 public:
  JobQueue& queue() override { return queue_; }
  int max_attempts() const override { return kMaxAttempts; }
  bool dedupes_keys() const override { return true; }
  std::chrono::milliseconds shortest_lease() const override { return std::chrono::milliseconds(300); }
  bool tells_delayed_from_leased() const override { return true; }

 private:
  static constexpr int kMaxAttempts = 3;

  TempDirectory directory_;
  SystemClock clock_;
  SqliteJobQueue queue_{
      sqlite::EmbeddedDatabase::open(directory_.path() / "jobs.db").value(), clock_, {.max_attempts = kMaxAttempts}};
};

}  // namespace

std::vector<JobQueueAdapter> job_queue_adapters() {
  return {{"sqlite", [] { return std::make_unique<SqliteUnderTest>(); }}};
}

}  // namespace tintype::testing_support
