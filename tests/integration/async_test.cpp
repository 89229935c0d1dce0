// Thumbnails that are made after the upload is answered: by the server itself, by `tintype jobs`, and in the end also
// when jobs are lost or fail.
#include <gmock/gmock.h>

#include "tests/integration/async_fixture.h"
#include "tests/integration/event_listing.h"

namespace tintype {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;
using testing::HasSubstr;

class AsyncApi : public AsyncFixture {
 protected:
  AsyncApi() : AsyncFixture({"--redrive-interval", "1s"}) {}

  static void expect_thumbnail(const ApiClient& api, const std::string& id) {
    const auto record = api.get("/images/" + id);
    const auto thumbnail = api.get(json_text(record.body, "thumbnailUrl"));
    ASSERT_EQ(thumbnail.status, 200) << record.body;
    const DecodedWebp file = decode_webp(as_bytes(thumbnail.body));
    EXPECT_EQ(file.width, 400);
    EXPECT_EQ(file.height, 400);
  }
};

TEST_F(AsyncApi, ThumbnailFollowsSoonAfterTheAnswer) {
  ServerProcess server = start();
  const ApiClient api = client(server);
  const std::string id = upload(api);
  EXPECT_TRUE(becomes(api, id, "completed"));
  expect_thumbnail(api, id);
  EXPECT_EQ(json_text(api.get("/images").body, "images.0.processingStatus"), "completed");
  EXPECT_THAT(events_of(server.url(), "ann"), testing::ElementsAre("processing " + id, "completed " + id));
  EXPECT_EQ(metric_value(api, R"(tintype_jobs_total{outcome="done",type="derive"})"), 1);
  EXPECT_EQ(metric_value(api, "tintype_thumbnails_async"), 1);
  EXPECT_EQ(server.stop(), 0);
}

TEST_F(AsyncApi, ManyUploadsAllGetTheirThumbnails) {
  ServerProcess server = start();
  const ApiClient api = client(server);
  std::vector<std::string> ids;
  for (int i = 0; i < 20; ++i) ids.push_back(upload(api));
  for (const std::string& id : ids) {
    EXPECT_TRUE(becomes(api, id, "completed")) << id;
    expect_thumbnail(api, id);
  }
  EXPECT_EQ(server.stop(), 0);
  const ProgramRun verified = run({"verify", "--checksums", "--grace", "0s"});
  EXPECT_EQ(verified.code, 0) << verified.output << verified.error;
}

TEST_F(AsyncApi, AnotherProcessDoesTheJobs) {
  ServerProcess server = start({"--jobs", "off"});
  const ApiClient api = client(server);
  const std::string id = upload(api);
  EXPECT_EQ(status_of(api, id), "processing");
  std::map<std::string, std::string> environment = stores_under_test(data());
  environment.emplace("TINTYPE_WORKERS_PROVISIONED", "1");
  ChildProcess jobs({program(), "jobs", "--data-dir", data().string()}, environment);
  EXPECT_TRUE(becomes(api, id, "completed"));
  expect_thumbnail(api, id);
  jobs.signal(SIGTERM);
  const auto ended = jobs.wait(20s);
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->code, 0) << jobs.standard_error();
  EXPECT_EQ(server.stop(), 0);
}

TEST_F(AsyncApi, JobThatIsLostIsMadeAgain) {
  const std::string id = upload_without_jobs();
  empty_the_queue_of(data());
  ServerProcess server = start();
  EXPECT_TRUE(becomes(client(server), id, "completed"));
  expect_thumbnail(client(server), id);
  EXPECT_EQ(server.stop(), 0);
}

TEST_F(AsyncApi, ImageIsDeletedWhileItIsProcessing) {
  ServerProcess server = start({"--jobs", "off"});
  const ApiClient api = client(server);
  const auto uploaded = api.upload(as_file(make_jpeg({.width = 800, .height = 600})));
  const std::string id = json_text(uploaded.body, "imageId");
  EXPECT_EQ(api.remove("/images/" + id).status, 204);
  EXPECT_EQ(api.get(json_text(uploaded.body, "imageUrl")).status, 404) << "at once";
  EXPECT_EQ(server.stop(), 0);
  ServerProcess again = start();
  EXPECT_TRUE(eventually(
      [&] { return metric_value(client(again), R"(tintype_jobs_total{outcome="done",type="derive"})") == 1; }));
  EXPECT_EQ(again.stop(), 0);
  const ProgramRun verified = run({"verify", "--grace", "0s"});
  EXPECT_EQ(json_text(verified.output, "blobs"), "0") << verified.output;
}

TEST_F(AsyncApi, RederiveWithNothingOldMakesNoJobs) {
  {
    ServerProcess server = start();
    const std::string id = upload(client(server));
    EXPECT_TRUE(becomes(client(server), id, "completed"));
    EXPECT_EQ(server.stop(), 0);
  }
  const ProgramRun rederived = run({"rederive", "--older-than", "1"});
  EXPECT_EQ(rederived.code, 0) << rederived.error;
  EXPECT_EQ(json_text(rederived.output, "lookedAt"), "1");
  EXPECT_EQ(json_text(rederived.output, "jobs"), "0");
}

TEST_F(AsyncApi, RederiveSaysWhatItDoesNotKnow) {
  EXPECT_EQ(start().stop(), 0);
  EXPECT_THAT(run({"rederive", "--older-than", "1", "--recipe", "poster"}).error,
              HasSubstr("there is no recipe \"poster\"; there are: thumbnail"));
  EXPECT_THAT(run({"rederive", "--older-than", "7"}).error, HasSubstr("is at version 1"));
  EXPECT_NE(run({"rederive"}).code, 0);
}

TEST(AutomaticThumbnails, BeginInline) {
  const TempDirectory directory;
  ServerProcess server({.data_dir = directory.path() / "data", .flags = {"--thumbnails", "auto"}});
  const ApiClient api(server.url(), ServerProcess::token("ann"));
  EXPECT_EQ(json_text(api.upload(as_file(make_jpeg({.width = 120, .height = 90}))).body, "processingStatus"),
            "completed");
  EXPECT_EQ(metric_value(api, "tintype_thumbnails_async"), 0);
  EXPECT_EQ(metric_value(api, R"(tintype_thumbnails_mode_reason{reason="start"})"), 1);
  EXPECT_EQ(metric_value(api, R"(tintype_thumbnails_mode_reason{reason="uploads_slow"})"), 0);
  EXPECT_EQ(server.stop(), 0);
}

}  // namespace
}  // namespace tintype
