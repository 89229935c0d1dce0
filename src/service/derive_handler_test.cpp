#include "service/derive_handler.h"

#include <gmock/gmock.h>

#include "model/jobs/job.h"
#include "tests/support/service_fixture.h"

namespace tintype {
namespace {

using namespace testing_support;

class HeldUntil final : public JobHold {
 public:
  explicit HeldUntil(Deadline deadline) : deadline_(deadline) {}
  Deadline deadline() const override { return deadline_; }

 private:
  const Deadline deadline_;
};

class DeriveHandlerTest : public ServiceFixture {
 protected:
  void SetUp() override {
    record_.thumbnail_key.reset();
    async_.leave_for_later(record_);
    ASSERT_TRUE(memory_blobs_.put(record_.main_key, as_bytes("main"), {}, soon()));
    ASSERT_TRUE(add_record(metadata_, record_));
  }
  JobResult run(int attempt, bool is_last) {
    const HeldUntil hold(soon());
    return handler_.run({.body = body_, .number = attempt, .is_last = is_last, .hold = hold});
  }
  ProcessingStatus status() { return metadata_.find(record_.image_id, soon())->status; }

  ImageRecord record_ = RecordMaker("ann").next();
  std::string body_ = new_job(thumbnail_job(record_)).body;
  Admission admission_{{.slots = 2, .memory_budget = 1U << 30U, .waiting = 8}};
  StoredDerivatives stored_{engine_, admission_, blobs_, {.effort = 2, .encoder = "test/1"}};
  DeriveImage derive_{metadata_, derivations_, stored_, image_cache_, bus_, clock_};
  DeriveHandler handler_{derive_, async_mode_};
};

TEST_F(DeriveHandlerTest, JobIsDone) {
  EXPECT_EQ(run(1, false).kind, JobResult::Kind::Done);
  EXPECT_EQ(status(), ProcessingStatus::Completed);
}

TEST_F(DeriveHandlerTest, FailureIsTriedAgain) {
  engine_.fail_next(1);
  const JobResult outcome = run(1, false);
  EXPECT_EQ(outcome.kind, JobResult::Kind::Retry);
  EXPECT_NE(outcome.reason, "");
  EXPECT_EQ(status(), ProcessingStatus::Processing);
}

TEST_F(DeriveHandlerTest, LastFailureFailsTheImage) {
  engine_.fail_next(1);
  EXPECT_EQ(run(3, true).kind, JobResult::Kind::GiveUp);
  EXPECT_EQ(status(), ProcessingStatus::Failed);
}

TEST_F(DeriveHandlerTest, LastAttemptThatIsLostFailsNothing) {
  const HeldUntil hold(Deadline::after(std::chrono::seconds(-1)));
  engine_.fail_next(1);
  EXPECT_EQ(handler_.run({.body = body_, .number = 3, .is_last = true, .hold = hold}).kind, JobResult::Kind::Retry);
  EXPECT_EQ(status(), ProcessingStatus::Processing);
}

TEST_F(DeriveHandlerTest, WhatIsNoJobIsGivenUp) {
  const HeldUntil hold(soon());
  EXPECT_EQ(handler_.run({.body = "{}", .hold = hold}).kind, JobResult::Kind::GiveUp);
}

}  // namespace
}  // namespace tintype
