// Uploads whose server dies at each step; what clients do then; and what must hold afterwards.
#include <gmock/gmock.h>

#include "tests/crash/crash_points.h"

namespace tintype {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;

class UploadCrash : public CrashFixture, public testing::WithParamInterface<const char*> {
 protected:
  void crash_at_the_point() {
    ServerProcess server = start_crashing(GetParam());
    expect_cut_off(server, [&] { return upload(client(server)); });
  }
};

TEST_P(UploadCrash, NobodyRetriesAndNothingIsLeftOver) {
  crash_at_the_point();
  expect_sound_with_at_most_one_image();
}

TEST_P(UploadCrash, RetryGivesOneImage) {
  crash_at_the_point();
  std::string id;
  {
    ServerProcess server = start();
    id = id_of_all({upload_until_answered(client(server))});
    EXPECT_EQ(server.stop(), 0);
  }
  expect_sound({id});
}

TEST_P(UploadCrash, ConcurrentRetriesGiveOneImage) {
  crash_at_the_point();
  std::string id;
  {
    ServerProcess server = start();
    id = id_of_all(upload_from_four_until_answered(client(server)));
    EXPECT_EQ(server.stop(), 0);
  }
  expect_sound({id});
}

TEST_P(UploadCrash, SweepThenRetryGivesOneImage) {
  crash_at_the_point();
  EXPECT_EQ(sweep().code, 0);
  std::string id;
  {
    ServerProcess server = start();
    id = id_of_all({upload_until_answered(client(server))});
    EXPECT_EQ(server.stop(), 0);
  }
  expect_sound({id});
}

INSTANTIATE_TEST_SUITE_P(Stores, UploadCrash, testing::ValuesIn(upload_points()), point_name);

class FailedUploadCrash : public UploadCrash {
 protected:
  void crash_at_the_point() {
    ServerProcess server = start_crashing(GetParam());
    expect_cut_off(server, [&] { return upload(client(server), broken_picture()); });
  }
};

TEST_P(FailedUploadCrash, NobodyRetriesAndNothingIsLeftOver) {
  crash_at_the_point();
  expect_sound({});
}

TEST_P(FailedUploadCrash, RetryOfTheBrokenFileFailsAgainAndLeavesNothing) {
  crash_at_the_point();
  {
    ServerProcess server = start();
    EXPECT_EQ(upload_until_answered(client(server), broken_picture()).status, 422);
    EXPECT_EQ(server.stop(), 0);
  }
  expect_sound({});
}

INSTANTIATE_TEST_SUITE_P(Stores, FailedUploadCrash, testing::ValuesIn(failure_points()), point_name);

}  // namespace
}  // namespace tintype
