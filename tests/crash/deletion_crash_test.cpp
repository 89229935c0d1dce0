// Deletions and sweeps whose process dies at each step.
#include <gmock/gmock.h>

#include "tests/crash/crash_points.h"

namespace tintype {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;

class DeletionCrash : public CrashFixture, public testing::WithParamInterface<const char*> {
 protected:
  std::string stored_image() {
    ServerProcess server = start();
    const auto uploaded = client(server).upload(picture());
    EXPECT_EQ(uploaded.status, 201);
    EXPECT_EQ(server.stop(), 0);
    return json_text(uploaded.body, "imageId");
  }
  void crash_while_deleting(const std::string& id) {
    ServerProcess server = start_crashing(GetParam());
    EXPECT_EQ(client(server).remove("/images/" + id).status, 0);
    const auto ended = server.process().wait(20s);
    ASSERT_TRUE(ended && ended->signal == SIGKILL) << "the point was not passed";
  }
};

TEST_P(DeletionCrash, ImageIsWholeOrGone) {
  crash_while_deleting(stored_image());
  expect_sound_with_at_most_one_image();
}

TEST_P(DeletionCrash, RetryDeletesIt) {
  const std::string id = stored_image();
  crash_while_deleting(id);
  {
    ServerProcess server = start();
    EXPECT_EQ(client(server).remove("/images/" + id).status, 204);
    EXPECT_EQ(client(server).get("/images/" + id).status, 404);
    EXPECT_EQ(server.stop(), 0);
  }
  expect_sound({});
}

INSTANTIATE_TEST_SUITE_P(Embedded, DeletionCrash, testing::ValuesIn(kDeletionPoints), point_name);

class SweepCrash : public CrashFixture, public testing::WithParamInterface<const char*> {
 protected:
  // Both pictures are stored, and nobody comes back for them.
  void abandon_an_upload() {
    ServerProcess server = start_crashing("upload.stored");
    EXPECT_EQ(upload(client(server)).status, 0);
    ASSERT_TRUE(server.process().wait(20s));
  }
  void crash_while_sweeping() {
    const ProgramRun swept = sweep(GetParam());
    EXPECT_EQ(swept.code, -1) << "the point was not passed: " << swept.output << swept.error;
  }
};

TEST_P(SweepCrash, NextSweepFinishesIt) {
  abandon_an_upload();
  crash_while_sweeping();
  expect_sound({});
}

TEST_P(SweepCrash, RetryGivesOneImage) {
  abandon_an_upload();
  crash_while_sweeping();
  std::string id;
  {
    ServerProcess server = start();
    id = id_of_all(upload_from_four_until_answered(client(server)));
    EXPECT_EQ(server.stop(), 0);
  }
  expect_sound({id});
}

INSTANTIATE_TEST_SUITE_P(Embedded, SweepCrash, testing::ValuesIn(kSweepPoints), point_name);

}  // namespace
}  // namespace tintype
