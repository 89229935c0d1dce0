#include "service/redrive.h"

#include <gmock/gmock.h>

#include "tests/support/down_queue.h"
#include "tests/support/service_fixture.h"

namespace tintype {
namespace {

using namespace std::chrono_literals;
using namespace testing_support;
using testing::IsEmpty;
using testing::SizeIs;

class RedriveTest : public ServiceFixture {
 protected:
  RedriveReport pass() { return redrive_.run({}, soon()).value(); }
  ImageRecord found(const ImageRecord& record) { return metadata_.find(record.image_id, soon()).value(); }

  Admission admission_{{.slots = 2, .memory_budget = 1U << 30U, .waiting = 8}};
  StoredDerivatives stored_{engine_, admission_, blobs_, {.effort = 2, .encoder = "test/1"}};
  DeriveImage derive_{metadata_, derivations_, stored_, image_cache_, bus_, clock_};
  Redrive redrive_{derivations_, queue_, derive_, clock_, {.interval = kRedriveAfter, .most = 2}};
};

TEST_F(RedriveTest, ImageWhoseJobWasLostGetsAnother) {
  const ImageRecord record = add_processing_image();
  EXPECT_EQ(pass().pushed, 0) << "not yet";
  clock_.advance(kRedriveAfter);
  EXPECT_EQ(pass().pushed, 1);
  const auto jobs = received_jobs();
  ASSERT_THAT(jobs, SizeIs(1));
  EXPECT_EQ(parse_derive_job(jobs[0].job.body), thumbnail_job(record));
  EXPECT_EQ(pass().pushed, 0) << "due again later";
}

TEST_F(RedriveTest, ImageWhoseJobsAreLostAgainAndAgainIsFailedInTheEnd) {
  const ImageRecord record = add_processing_image();
  for (int times = 0; times < 2; ++times) {
    clock_.advance(10 * kRedriveAfter);
    EXPECT_EQ(pass().pushed, 1);
  }
  clock_.advance(10 * kRedriveAfter);
  EXPECT_EQ(pass().given_up, 1);
  EXPECT_EQ(found(record).status, ProcessingStatus::Failed);
  EXPECT_EQ(pass().given_up, 0);
}

TEST_F(RedriveTest, ImagesThatAreDoneAreLeftAlone) {
  const ImageRecord record = add_processing_image();
  ASSERT_TRUE(derive_.run(thumbnail_job(record), soon));
  clock_.advance(100 * kRedriveAfter);
  EXPECT_EQ(pass().pushed, 0);
}

TEST_F(RedriveTest, QueueThatFailsLeavesTheImageDue) {
  add_processing_image();
  clock_.advance(kRedriveAfter);
  DownQueue broken;
  EXPECT_FALSE(Redrive(derivations_, broken, derive_, clock_, {}).run({}, soon()));
  EXPECT_EQ(pass().pushed, 1);
}

TEST_F(RedriveTest, StopsWhenAskedTo) {
  add_processing_image();
  clock_.advance(kRedriveAfter);
  std::stop_source source;
  source.request_stop();
  const auto report = redrive_.run(source.get_token(), soon());
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->more);
  EXPECT_EQ(report->pushed, 0);
}

}  // namespace
}  // namespace tintype
