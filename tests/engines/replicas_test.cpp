// Two servers on one bucket and one pair of tables are one service.
#include "tests/engines/scale_fixture.h"
#include "tests/integration/event_listing.h"

namespace tintype::testing_support {
namespace {

using namespace std::chrono_literals;

class Replicas : public ScaleFixture {
 protected:
  const std::unique_ptr<ServerProcess> first_ = start_replica("first");
  const std::unique_ptr<ServerProcess> second_ = start_replica("second");
  const ApiClient one_ = client_of(*first_);
  const ApiClient other_ = client_of(*second_);

  void stop_both() {
    EXPECT_EQ(first_->stop(), 0);
    EXPECT_EQ(second_->stop(), 0);
  }
};

TEST_F(Replicas, WhatIsUploadedThroughOneIsReadListedChangedAndDeletedThroughTheOther) {
  const auto uploaded = one_.upload(as_file(make_jpeg({.width = 240, .height = 180})), {{"tags", "a"}});
  ASSERT_EQ(uploaded.status, 201) << uploaded.body;
  const std::string id = json_text(uploaded.body, "imageId");
  const auto read = other_.get("/images/" + id);
  EXPECT_EQ(read.status, 200);
  EXPECT_EQ(json_text(read.body, "s3Key"), json_text(uploaded.body, "s3Key"));
  EXPECT_EQ(other_.get("/blobs/" + json_text(read.body, "s3Key")).status, 200);
  EXPECT_TRUE(eventually([&] { return json_text(other_.get("/images?tag=a").body, "images.0.imageId") == id; }));

  const auto changed = other_.patch("/images/" + id, R"({"title":"new","version":1})");
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(json_text(one_.get("/images/" + id).body, "title"), "new");
  EXPECT_EQ(one_.patch("/images/" + id, R"({"title":"late","version":1})").status, 409);

  EXPECT_EQ(other_.remove("/images/" + id).status, 204);
  EXPECT_EQ(one_.get("/images/" + id).status, 404);
  EXPECT_TRUE(eventually([&] { return one_.get("/blobs/" + json_text(read.body, "s3Key")).status == 404; }));
  stop_both();
  expect_clean();
}

TEST_F(Replicas, OneTokenSentToBothMakesOneImage) {
  for (int round = 0; round < 5; ++round) {
    const std::vector<std::string> token = {"Idempotency-Token: round-" + std::to_string(round)};
    const std::string file = as_file(make_jpeg({.width = 240, .height = 180}));
    std::vector<HttpAnswer> answers(8);
    std::vector<std::thread> clients;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      clients.emplace_back([&, i] {
        const ApiClient& api = i % 2 == 0 ? one_ : other_;
        EXPECT_TRUE(eventually([&] {
          answers[i] = api.upload(file, {}, "photo.jpg", token);
          return answers[i].status == 200 || answers[i].status == 201;
        })) << answers[i].status
            << answers[i].body;
      });
    }
    for (std::thread& client : clients) client.join();
    int created = 0;
    for (const HttpAnswer& answer : answers) {
      created += answer.status == 201 ? 1 : 0;
      EXPECT_EQ(json_text(answer.body, "imageId"), json_text(answers[0].body, "imageId"));
    }
    EXPECT_EQ(created, 1);
  }
  stop_both();
  expect_clean();
}

// The killed one leaves uploads that nobody sends again, which both others sweep, ten times a second.
TEST_F(Replicas, BothSweepAtOnceWhatAThirdLeavesThatIsKilledAgainAndAgain) {
  StorageLoad load(other_, 2);
  for (int round = 0; round < 8; ++round) {
    const auto third = start_replica("third");
    const ApiClient api = client_of(*third);
    std::vector<std::thread> clients;
    for (int i = 0; i < 4; ++i) {
      clients.emplace_back([&] {
        const std::string file = as_file(make_jpeg({.width = 320, .height = 240, .pattern = Pattern::Noise}));
        for (int upload = 0; upload < 100 && api.upload(file).status == 201; ++upload) continue;
      });
    }
    EXPECT_TRUE(
        eventually([&] { return json_text(api.get("/images?limit=1").body, "images.0.imageId") != "(absent)"; }));
    third->kill_9();
    for (std::thread& client : clients) client.join();
  }
  expect_one_image_each(one_, load.stop(), kRefusedSentAgain);
  stop_both();
  expect_clean();
}

class AsyncReplicas : public ScaleFixture {
 protected:
  std::unique_ptr<ServerProcess> start_async(const std::string& name, const std::string& jobs) {
    return start_replica(name, {"--thumbnails", "async", "--jobs", jobs, "--job-lease", "1s"});
  }
};

TEST_F(AsyncReplicas, OneTakesTheUploadAnotherMakesTheThumbnailAndClientsOfBothAreTold) {
  const auto web = start_async("web", "off");
  const auto jobs = start_async("jobs", "embedded");
  const ApiClient api = client_of(*web);
  const auto uploaded = api.upload(as_file(make_jpeg({.width = 800, .height = 600})));
  ASSERT_EQ(uploaded.status, 201) << uploaded.body;
  const std::string id = json_text(uploaded.body, "imageId");
  EXPECT_EQ(json_text(uploaded.body, "processingStatus"), "processing");
  const auto waited = api.get("/images/" + id + "?wait=20");
  EXPECT_EQ(json_text(waited.body, "processingStatus"), "completed") << waited.body;
  EXPECT_EQ(client_of(*jobs).get(json_text(waited.body, "thumbnailUrl")).status, 200);
  const std::vector<std::string> both = {"processing " + id, "completed " + id};
  EXPECT_EQ(events_of(web->url(), "ann"), both);
  EXPECT_EQ(events_of(jobs->url(), "ann"), both);
  EXPECT_EQ(web->stop(), 0);
  EXPECT_EQ(jobs->stop(), 0);
  expect_clean();
}

TEST_F(AsyncReplicas, ProcessThatDiesLosesNoJob) {
  const auto web = start_async("web", "off");
  const ApiClient api = client_of(*web);
  std::vector<std::string> ids;
  for (int i = 0; i < 10; ++i) {
    const auto uploaded = api.upload(as_file(make_jpeg({.width = 800, .height = 600})));
    ASSERT_EQ(uploaded.status, 201) << uploaded.body;
    ids.push_back(json_text(uploaded.body, "imageId"));
  }
  start_async("dies", "embedded")->kill_9();  // with some of them, or none
  const auto jobs = start_async("jobs", "embedded");
  for (const std::string& id : ids) {
    EXPECT_TRUE(
        eventually([&] { return json_text(api.get("/images/" + id).body, "processingStatus") == "completed"; }, 40s))
        << id;
  }
  EXPECT_EQ(web->stop(), 0);
  EXPECT_EQ(jobs->stop(), 0);
  expect_clean();
}

}  // namespace
}  // namespace tintype::testing_support
