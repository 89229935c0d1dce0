// Deletions and sweeps whose process dies at each step.
#include <gmock/gmock.h>

#include "tests/crash/crash_points.h"
#include "tests/integration/stores_under_test.h"
#include "tests/support/process_tree.h"

namespace tintype {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;

class DeletionCrash : public CrashFixture, public testing::WithParamInterface<const char*> {
 protected:
  std::string stored_image() {
    ServerProcess server = start();
    const auto uploaded = upload_until_answered(client(server));
    EXPECT_EQ(server.stop(), 0);
    return id_of_all({uploaded});
  }
  void crash_while_deleting(const std::string& id) {
    ServerProcess server = start_crashing(GetParam());
    expect_cut_off(server, [&] { return client(server).remove("/images/" + id); });
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
    EXPECT_EQ(until_answered([&] { return client(server).remove("/images/" + id); }).status, 204);
    EXPECT_EQ(until_answered([&] { return client(server).get("/images/" + id); }).status, 404);
    EXPECT_EQ(server.stop(), 0);
  }
  expect_sound({});
}

INSTANTIATE_TEST_SUITE_P(Stores, DeletionCrash, testing::ValuesIn(deletion_points()), point_name);

class SweepCrash : public CrashFixture, public testing::WithParamInterface<const char*> {
 protected:
  // Both pictures are stored, and nobody comes back for them.
  void abandon_an_upload() {
    ServerProcess server = start_crashing("upload.stored");
    expect_cut_off(server, [&] { return upload(client(server)); });
  }
  void crash_while_sweeping() {
    ProgramRun swept;
    // A sweep that met a bad connection has left the rest to the next.
    EXPECT_TRUE(eventually([&] { return (swept = sweep(GetParam())).code <= 0; }));
    const bool led_past = swept.code == 0 && connections_are_bad();  // as in expect_cut_off
    EXPECT_TRUE(swept.code == -1 || led_past) << "the point was not passed: " << swept.output << swept.error;
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

INSTANTIATE_TEST_SUITE_P(Stores, SweepCrash, testing::ValuesIn(sweep_points()), point_name);

}  // namespace
}  // namespace tintype
