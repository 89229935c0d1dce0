// Uploads whose thumbnails are made later, with a server that dies at each step of both; what must come of them
// whatever becomes of the queue.
#include <gmock/gmock.h>

#include "tests/crash/crash_points.h"
#include "tests/integration/event_listing.h"
#include "tests/integration/stores_under_test.h"
#include "tests/support/process_tree.h"

namespace tintype {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;

class AsyncCrash : public CrashFixture {
 protected:
  AsyncCrash() { use_flags({"--thumbnails", "async", "--job-lease", "1s", "--redrive-interval", "2s"}); }

  // The upload may have been answered before, since the server dies of what it does later.
  void crash_at(const std::string& point) {
    ServerProcess server = start_crashing(point);
    EXPECT_TRUE(eventually([&] { return upload(client(server)).status != 503; }));
    const auto ended = server.process().wait(connections_are_bad() ? 5s : 20s);
    if (!ended && connections_are_bad()) {
      server.kill_9();  // a lost answer has led past the point
      return;
    }
    ASSERT_TRUE(ended && ended->signal == SIGKILL) << "the point was not passed";
  }

  // The same, and nobody comes back. Without transactions an upload that was completed may be listed by a sweep only.
  void crash_for_good_at(const std::string& point) {
    crash_at(point);
    EXPECT_TRUE(eventually([&] { return sweep().code == 0; }));
  }

  // Until none of Ann's images is being worked on; the ids of all.
  std::vector<std::string> until_none_is_processing(const ServerProcess& server) {
    const ApiClient ann = client(server);
    std::vector<std::string> ids;
    const auto all_have_ended = [&] {
      ids = image_ids(ann);
      return std::ranges::all_of(ids, [&](const std::string& id) {
        const auto record = ann.get("/images/" + id);
        return record.status == 200 && json_text(record.body, "processingStatus") != "processing";
      });
    };
    EXPECT_TRUE(eventually(all_have_ended, 40s)) << "an image is stuck";
    return ids;
  }

  // One of each, however often it was tried.
  static void expect_one_event_of_each(const ServerProcess& server, const std::string& id) {
    EXPECT_THAT(events_of(server.url(), "ann"), testing::UnorderedElementsAre("processing " + id, "completed " + id));
  }
};

class AsyncUploadCrash : public AsyncCrash, public testing::WithParamInterface<const char*> {};

TEST_P(AsyncUploadCrash, NobodyRetriesAndNoImageIsStuckOrHalfThere) {
  crash_for_good_at(GetParam());
  std::vector<std::string> ids;
  {
    ServerProcess server = start();
    ids = until_none_is_processing(server);
    if (!ids.empty()) expect_one_event_of_each(server, ids[0]);
    EXPECT_EQ(server.stop(), 0);
  }
  EXPECT_LE(ids.size(), 1U);
  expect_sound(ids);
}

TEST_P(AsyncUploadCrash, RetryGivesOneImageWithOneThumbnail) {
  crash_at(GetParam());
  std::string id;
  {
    ServerProcess server = start();
    id = id_of_all({upload_until_answered(client(server))});
    until_none_is_processing(server);
    expect_one_event_of_each(server, id);
    EXPECT_EQ(server.stop(), 0);
  }
  expect_sound({id});
}

class AsyncJobCrash : public AsyncUploadCrash {};

TEST_P(AsyncJobCrash, LostJobIsMadeAgain) {
  crash_for_good_at(GetParam());
  empty_the_queue();
  std::vector<std::string> ids;
  {
    ServerProcess server = start();
    ids = until_none_is_processing(server);
    if (!ids.empty()) expect_one_event_of_each(server, ids[0]);
    EXPECT_EQ(server.stop(), 0);
  }
  expect_sound(ids);
}

TEST_P(AsyncJobCrash, DeletedMeanwhileLeavesNothing) {
  crash_for_good_at(GetParam());
  {
    // Deleted before anybody can have the job again.
    ServerProcess server = start({"--jobs", "off"});
    for (const std::string& id : image_ids(client(server))) {
      EXPECT_EQ(until_answered([&] { return client(server).remove("/images/" + id); }).status, 204);
    }
    EXPECT_EQ(server.stop(), 0);
  }
  {
    ServerProcess server = start();
    EXPECT_TRUE(eventually([&] { return metric_value(client(server), "tintype_jobs{state=\"ready\"}") == 0; }));
    EXPECT_EQ(server.stop(), 0);
  }
  expect_sound({});
}

INSTANTIATE_TEST_SUITE_P(Stores, AsyncUploadCrash, testing::ValuesIn(async_points()), point_name);
INSTANTIATE_TEST_SUITE_P(Stores, AsyncJobCrash, testing::ValuesIn(async_points_with_an_image()), point_name);

}  // namespace
}  // namespace tintype
