// Strikes against the content of files, and the list of those that are refused.
#include <gmock/gmock.h>

#include "adapters/engine_worker/worker_engine.h"
#include "tests/contract/faulty_file.h"
#include "tests/support/fault_injecting_quarantine_store.h"
#include "tests/support/worker_pool_fixture.h"

namespace tintype {
namespace {

using namespace testing_support;
using std::chrono::milliseconds;
using std::chrono::seconds;

class WorkerQuarantine : public testing::Test {
 protected:
  EncodedImage killer() const { return {killer_, -1, hash_}; }
  EncodedImage hanger() const { return {hanger_, -1, hash_}; }

  ErrorCode probe(const EncodedImage& file) {
    const auto probed = workers_.engine().probe(file, patience());
    return probed ? ErrorCode::Internal : probed.error().code;
  }
  void strike_twice() {
    for (int i = 0; i < 2; ++i) ASSERT_EQ(probe(killer()), ErrorCode::ImageUndecodable);
    ASSERT_EQ(workers_.deaths("crash"), 2);
  }
  double refusals() { return workers_.counter("tintype_quarantine_refusals_total"); }
  std::vector<QuarantineEntry> entries() { return *workers_.quarantine().list(workers_.clock().now(), 10, patience()); }

  const std::string hash_ = std::string(64, 'a');
  const ImageBytes killer_ = faulty_file("abort");
  const ImageBytes hanger_ = faulty_file("hang");
  WorkerPoolFixture workers_{
      {.program = "tintype-worker-faulty", .most = 1, .engine = {.job_deadline = milliseconds(300)}}};
};

TEST_F(WorkerQuarantine, OneStrikeThenFileIsTriedAgain) {
  EXPECT_EQ(probe(killer()), ErrorCode::ImageUndecodable);
  EXPECT_EQ(probe(killer()), ErrorCode::ImageUndecodable);
  EXPECT_EQ(workers_.deaths("crash"), 2);
  EXPECT_EQ(refusals(), 0);
}

TEST_F(WorkerQuarantine, TwoStrikesThenFileIsRefused) {
  strike_twice();
  const auto probed = workers_.engine().probe(killer(), patience());
  ASSERT_FALSE(probed);
  EXPECT_EQ(probed.error().code, ErrorCode::ImageUndecodable);
  EXPECT_EQ(probed.error().public_message, "this file stopped the image processing before and is refused for now");
  EXPECT_EQ(refusals(), 1);
}

TEST_F(WorkerQuarantine, TwoStrikesThenNoWorkerIsTouched) {
  strike_twice();
  EXPECT_EQ(probe(killer()), ErrorCode::ImageUndecodable);
  EXPECT_EQ(workers_.deaths(), 2);
}

TEST_F(WorkerQuarantine, StrikeOfARenderCountsToo) {
  EXPECT_EQ(probe(killer()), ErrorCode::ImageUndecodable);
  EXPECT_FALSE(workers_.engine().render(killer(), kSmall, patience()));
  EXPECT_EQ(probe(killer()), ErrorCode::ImageUndecodable);
  EXPECT_EQ(refusals(), 1);
}

TEST_F(WorkerQuarantine, StrikeSaysWhatHappened) {
  EXPECT_EQ(probe(killer()), ErrorCode::ImageUndecodable);
  ASSERT_EQ(entries().size(), 1U);
  EXPECT_EQ(entries()[0].content_sha256, hash_);
  EXPECT_THAT(entries()[0].reason, testing::StartsWith("signal 6"));
}

// To the service it looks as if the worker had been killed, which would be nobody's fault.
TEST_F(WorkerQuarantine, WorkerClosesItsSocketAndLivesThenStrike) {
  const auto file = faulty_file("play-dead");
  EXPECT_EQ(probe(EncodedImage(file, -1, hash_)), ErrorCode::ImageUndecodable);
  ASSERT_EQ(entries().size(), 1U);
  EXPECT_EQ(entries()[0].reason, "nonsense");
  EXPECT_EQ(workers_.deaths("nonsense"), 1);
}

TEST_F(WorkerQuarantine, JobOverstaysItsDeadlineThenStrike) {
  EXPECT_EQ(probe(hanger()), ErrorCode::ImageUndecodable);
  ASSERT_EQ(entries().size(), 1U);
  EXPECT_EQ(entries()[0].reason, "deadline");
}

TEST_F(WorkerQuarantine, QuarantineTimeIsOverThenFileIsTriedAgain) {
  strike_twice();
  workers_.clock().advance(std::chrono::hours(24) - milliseconds(1));
  EXPECT_EQ(probe(killer()), ErrorCode::ImageUndecodable);
  EXPECT_EQ(workers_.deaths(), 2);
  workers_.clock().advance(milliseconds(1));
  EXPECT_EQ(probe(killer()), ErrorCode::ImageUndecodable);
  EXPECT_EQ(workers_.deaths(), 3);
}

TEST_F(WorkerQuarantine, TwoStrikesThenOtherContentIsUnaffected) {
  strike_twice();
  const auto file = make_jpeg({});
  const std::string other(64, 'b');
  EXPECT_TRUE(workers_.engine().probe(EncodedImage(file, -1, other), patience()));
}

TEST_F(WorkerQuarantine, ContentIsUnknownThenNothingIsKept) {
  EXPECT_EQ(probe(killer_), ErrorCode::ImageUndecodable);
  EXPECT_EQ(probe(killer_), ErrorCode::ImageUndecodable);
  EXPECT_EQ(probe(killer_), ErrorCode::ImageUndecodable);
  EXPECT_EQ(workers_.deaths("crash"), 3);
  EXPECT_TRUE(entries().empty());
}

TEST_F(WorkerQuarantine, SoundFileThenNoStrike) {
  const auto file = make_jpeg({});
  EXPECT_TRUE(workers_.engine().render(EncodedImage(file, -1, hash_), kSmall, patience()));
  EXPECT_TRUE(entries().empty());
}

TEST_F(WorkerQuarantine, BrokenFileThenNoStrike) {
  const auto file = truncated(make_jpeg({}), 50);
  EXPECT_FALSE(workers_.engine().render(EncodedImage(file, -1, hash_), kSmall, patience()));
  EXPECT_TRUE(entries().empty());
}

// The request had used up its time elsewhere; that is not the file's doing.
TEST(WorkerQuarantineDeadlines, RequestHadLessTimeThanAJobThenNoStrike) {
  WorkerPoolFixture workers({.program = "tintype-worker-faulty", .most = 1});
  const auto file = faulty_file("hang");
  const std::string hash(64, 'a');
  const auto probed = workers.engine().probe(EncodedImage(file, -1, hash), Deadline::after(milliseconds(200)));
  ASSERT_FALSE(probed);
  EXPECT_EQ(probed.error().code, ErrorCode::ImageUndecodable);
  EXPECT_EQ(workers.deaths("deadline"), 1);
  EXPECT_TRUE(workers.quarantine().list(workers.clock().now(), 10, patience())->empty());
}

class FailingQuarantine : public testing::Test {
 protected:
  EncodedImage killer() const { return {killer_, -1, hash_}; }

  const std::string hash_ = std::string(64, 'a');
  const ImageBytes killer_ = faulty_file("abort");
  MemoryQuarantineStore list_;
  FaultInjectingQuarantineStore failing_{list_};
  WorkerPoolFixture workers_{{.program = "tintype-worker-faulty", .most = 1, .quarantine = &failing_}};
};

TEST_F(FailingQuarantine, ListCannotBeReadThenFilesAreLetThrough) {
  failing_.fail_next(QuarantineOperation::Find, FaultTime::Before, 1);
  const auto file = make_jpeg({});
  EXPECT_TRUE(workers_.engine().probe(EncodedImage(file, -1, hash_), patience()));
  EXPECT_EQ(failing_.calls(QuarantineOperation::Find), 1U);
}

TEST_F(FailingQuarantine, ListCannotBeReadThenAQuarantinedFileIsContainedStill) {
  for (int i = 0; i < 2; ++i) EXPECT_FALSE(workers_.engine().probe(killer(), patience()));
  failing_.fail_next(QuarantineOperation::Find, FaultTime::Before, 1);
  const auto probed = workers_.engine().probe(killer(), patience());
  ASSERT_FALSE(probed);
  EXPECT_EQ(probed.error().public_message, "the image cannot be processed");
  EXPECT_EQ(workers_.deaths("crash"), 3);
}

TEST_F(FailingQuarantine, StrikeCannotBeKeptThenTheAnswerIsTheSame) {
  for (const FaultTime time : {FaultTime::Before, FaultTime::After}) {
    failing_.fail_next(QuarantineOperation::AddStrike, time, 1);
    const auto probed = workers_.engine().probe(killer(), patience());
    ASSERT_FALSE(probed);
    EXPECT_EQ(probed.error().code, ErrorCode::ImageUndecodable);
    EXPECT_EQ(probed.error().public_message, "the image cannot be processed");
  }
}

}  // namespace
}  // namespace tintype
