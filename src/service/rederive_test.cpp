#include "service/rederive.h"

#include <gmock/gmock.h>

#include <future>

#include "model/jobs/job.h"
#include "tests/support/down_queue.h"
#include "tests/support/service_fixture.h"

namespace tintype {
namespace {

using namespace testing_support;

class RederiveTest : public ServiceFixture {
 protected:
  ImageRecord made_by(std::string recipe) {
    ImageRecord record = maker_.next();
    record.thumbnail_recipe = std::move(recipe);
    EXPECT_TRUE(add_record(metadata_, record));
    return record;
  }
  Result<RederiveReport> run(Rederive::Options options = {}) {
    options.per_second = 1000;
    return rederive_.run(*find_recipe(kThumbnailRecipe), options, {});
  }

  Rederive rederive_{metadata_, queue_};
};

TEST_F(RederiveTest, WhatAnOldRecipeMadeGetsAJobAndNothingElse) {
  const ImageRecord unknown = made_by("");
  made_by("thumbnail@1 400x400 cover webp q80 m2 x");
  ImageRecord processing = maker_.next();
  processing.thumbnail_key.reset();
  async_.leave_for_later(processing);
  ASSERT_TRUE(add_record(metadata_, processing));
  const auto report = run();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->looked_at, 3);
  EXPECT_EQ(report->pushed, 1);
  const auto jobs = received_jobs();
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(parse_derive_job(jobs[0].job.body), thumbnail_job(unknown));
}

TEST_F(RederiveTest, VersionSaysWhatIsOld) {
  made_by("thumbnail@1 x");
  made_by("thumbnail@2 x");
  EXPECT_EQ(run({.older_than = 1})->pushed, 0);
  EXPECT_EQ(run({.older_than = 2})->pushed, 1);
}

TEST_F(RederiveTest, GoesThroughAllPagesAtTheRateThatIsAsked) {
  for (int i = 0; i < 250; ++i) made_by("");
  int told = 0;
  const auto begun = Deadline::Clock::now();
  const auto report = run({.progress = [&](const RederiveReport&) { ++told; }});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->pushed, 250);
  EXPECT_EQ(told, 253) << "after each job and each page";
  EXPECT_GE(Deadline::Clock::now() - begun, std::chrono::milliseconds(240));
}

TEST_F(RederiveTest, WaitsWhileTheQueueIsFull) {
  for (int i = 0; i < 3; ++i) made_by("");
  ASSERT_EQ(run()->pushed, 3);
  std::stop_source stop;
  auto running = std::async(std::launch::async, [&] {
    return rederive_.run(*find_recipe(kThumbnailRecipe), {.per_second = 1000, .waiting = 3}, stop.get_token())->pushed;
  });
  EXPECT_EQ(running.wait_for(std::chrono::milliseconds(100)), std::future_status::timeout);
  stop.request_stop();
  EXPECT_EQ(running.get(), 0);
}

TEST_F(RederiveTest, QueueThatIsDownIsAnError) {
  made_by("");
  DownQueue down;
  EXPECT_FALSE(Rederive(metadata_, down).run(*find_recipe(kThumbnailRecipe), {}, {}));
}

}  // namespace
}  // namespace tintype
