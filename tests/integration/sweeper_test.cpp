// What a server does by itself to keep its stores clean, as its metrics show it.
#include <gmock/gmock.h>

#include <fstream>

#include "model/blob_key.h"
#include "tests/integration/program_run.h"
#include "tests/integration/shared_server.h"
#include "tests/support/process_tree.h"

namespace tintype {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;

class SweeperInServer : public testing::Test {
 protected:
  SweeperInServer() {
    EXPECT_TRUE(eventually([this] { return metric("tintype_orphaned_files") == 0; })) << "the first verification";
  }
  double metric(const std::string& series) { return metric_value(api_, series); }
  bool metric_becomes(const std::string& series, double value) {
    return eventually([&] { return metric(series) == value; });
  }

  TempDirectory directory_;
  const std::filesystem::path data_dir_ = directory_.path() / "data";
  ServerProcess server_{{.data_dir = data_dir_,
                         .flags = {"--upload-lease", "300ms", "--sweep-interval", "100ms", "--verify-interval", "200ms",
                                   "--idempotency-ttl", "1s"}}};
  ApiClient api_{server_.url(), ServerProcess::token("ann")};
};

TEST_F(SweeperInServer, FailedUploadIsSweptOnceItsLeaseIsOver) {
  const std::string broken = as_file(truncated(make_jpeg({.width = 240, .height = 180}), 60));
  EXPECT_EQ(api_.upload(broken).status, 422);
  EXPECT_TRUE(metric_becomes(R"(tintype_upload_claims_swept_total{outcome="expired"})", 1));
  EXPECT_TRUE(metric_becomes(R"(tintype_deletions_swept_total{outcome="finished"})", 1));
  EXPECT_GE(metric(R"(tintype_sweeps_total{outcome="ok"})"), 1);
}

TEST_F(SweeperInServer, TokenIsForgottenAfterItsTimeAndTheImageStays) {
  const auto upload = [&] {
    return api_.upload(as_file(make_jpeg({})), {}, "photo.jpg", {"Idempotency-Token: short-lived"});
  };
  const auto first = upload();
  ASSERT_EQ(first.status, 201);
  EXPECT_TRUE(metric_becomes(R"(tintype_upload_claims_swept_total{outcome="forgotten"})", 1));
  const auto second = upload();
  EXPECT_EQ(second.status, 201);
  EXPECT_NE(json_text(second.body, "imageId"), json_text(first.body, "imageId"));
  EXPECT_EQ(api_.get("/images/" + json_text(first.body, "imageId")).status, 200);
}

TEST_F(SweeperInServer, LostAndStrayFilesShowInTheMetricsAndNothingElseMovesThem) {
  const auto uploaded = api_.upload(as_file(make_jpeg({})));
  const double verified = metric("tintype_verification_timestamp_seconds");
  EXPECT_TRUE(eventually([&] { return metric("tintype_verification_timestamp_seconds") > verified + 0.5; }));
  EXPECT_EQ(metric("tintype_orphaned_files"), 0);
  EXPECT_EQ(metric("tintype_missing_files"), 0);
  EXPECT_EQ(metric("tintype_corrupt_files"), 0);

  const auto main = data_dir_ / "blobs" / json_text(uploaded.body, "s3Key");
  const auto thumbnail = data_dir_ / "blobs" / json_text(uploaded.body, "thumbnailKey");
  std::filesystem::remove(thumbnail);
  std::filesystem::resize_file(main, 10);
  const auto stray = main.parent_path() / "01ARZ3NDEKTSV4RRFFQ69G5FAV.webp";
  std::ofstream(stray) << "stray";
  std::filesystem::last_write_time(stray, std::filesystem::file_time_type::clock::now() - 2h);
  EXPECT_TRUE(metric_becomes("tintype_orphaned_files", 1));
  EXPECT_TRUE(metric_becomes("tintype_missing_files", 1));
  EXPECT_TRUE(metric_becomes("tintype_corrupt_files", 1));
  EXPECT_TRUE(std::filesystem::exists(stray)) << "a server repairs nothing by itself";
}

// A command's report reaches the servers by way of the store.
TEST_F(SweeperInServer, RepairByTheCommandShowsInTheServer) {
  const auto stray =
      data_dir_ / "blobs" /
      BlobKey::of(*UserId::parse("ann"), *ImageId::parse("01ARZ3NDEKTSV4RRFFQ69G5FAV"), Variant::Main).text();
  std::filesystem::create_directories(stray.parent_path());
  std::ofstream(stray) << "stray";
  std::filesystem::last_write_time(stray, std::filesystem::file_time_type::clock::now() - 2h);
  EXPECT_TRUE(metric_becomes("tintype_orphaned_files", 1));
  EXPECT_EQ(run_program({program(), "verify", "--repair", "--data-dir", data_dir_.string()}).code, 0);
  EXPECT_TRUE(metric_becomes("tintype_orphaned_files", 0));
  EXPECT_FALSE(std::filesystem::exists(stray));
}

}  // namespace
}  // namespace tintype
