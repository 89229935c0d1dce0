#pragma once

#include <gmock/gmock.h>

#include <cstdlib>

#include "tests/integration/program_run.h"
#include "tests/integration/shared_server.h"
#include "tests/integration/storage_load.h"
#include "tests/integration/stores_under_test.h"
#include "tests/support/process_tree.h"

namespace tintype::testing_support {

// Replicas of one service: servers with data directories of their own, on one bucket and one pair of tables.
class ScaleFixture : public testing::Test {
 protected:
  // Longer than an upload takes on a machine that is busy with other tests.
  static constexpr std::chrono::seconds kLease{3};

  std::unique_ptr<ServerProcess> start_replica(const std::string& name) {
    return std::make_unique<ServerProcess>(ServerProcess::Options{
        .data_dir = directory_.path() / name,
        .flags = {"--upload-lease", "3s", "--sweep-interval", "100ms", "--verify-interval", "0s"},
        .environment = stores_under_test(shared_)});
  }
  static ApiClient client_of(const ServerProcess& server) { return {server.url(), ServerProcess::token("ann")}; }

  // An upload sent again with its token gives the image that was acknowledged, or one at last. Of those that were
  // refused only some are sent again: what the others have left is for the sweepers.
  static void expect_one_image_each(const ApiClient& api, const std::vector<StorageLoad::Upload>& uploads) {
    constexpr int kRefused = 40;
    int refused = 0;
    for (const StorageLoad::Upload& upload : uploads) {
      if (upload.image_id.empty() && ++refused > kRefused) continue;
      HttpAnswer answer;
      const auto is_answered = [&] {
        answer = api.upload(upload.file, {}, "photo.jpg", {"Idempotency-Token: " + upload.token});
        return answer.status == 200 || answer.status == 201;
      };
      ASSERT_TRUE(eventually(is_answered)) << answer.status << answer.body;
      if (upload.image_id.empty()) continue;
      EXPECT_EQ(answer.status, 200);
      EXPECT_EQ(json_text(answer.body, "imageId"), upload.image_id);
    }
  }
  // To be called when no server runs.
  void expect_clean() {
    std::this_thread::sleep_for(kLease);  // no less makes a lease run out
    const auto run = [&](std::vector<std::string> words) {
      words.insert(words.begin(), program());
      words.insert(words.end(), {"--data-dir", shared_.string()});
      return run_program(words, stores_without_faults(shared_));
    };
    const ProgramRun swept = run({"sweep"});
    EXPECT_EQ(swept.code, 0) << swept.output << swept.error;
    const ProgramRun verified = run({"verify", "--checksums", "--grace", "0s"});
    EXPECT_EQ(verified.code, 0) << verified.output << verified.error;
  }

  TempDirectory directory_;
  const std::filesystem::path shared_ = directory_.path() / "shared";
};

}  // namespace tintype::testing_support
