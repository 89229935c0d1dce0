#pragma once

#include "tests/integration/program_run.h"
#include "tests/integration/shared_server.h"
#include "tests/integration/stores_under_test.h"
#include "tests/support/process_tree.h"

namespace tintype::testing_support {

// A service whose thumbnails are made after the answer, with servers that come and go.
class AsyncFixture : public testing::Test {
 protected:
  // Flags that all servers and commands have beside their data directory.
  explicit AsyncFixture(std::vector<std::string> flags) : flags_(std::move(flags)) {}

  std::filesystem::path data() const { return directory_.path() / "data"; }
  ServerProcess start(const std::vector<std::string>& more_flags = {}) const {
    std::vector<std::string> flags = flags_;
    flags.insert(flags.end(), {"--thumbnails", "async", "--job-lease", "1s"});
    flags.insert(flags.end(), more_flags.begin(), more_flags.end());
    return ServerProcess({.data_dir = data(), .flags = flags});
  }
  ProgramRun run(std::vector<std::string> words) const {
    words.insert(words.begin(), program());
    words.insert(words.end(), {"--data-dir", data().string()});
    words.insert(words.end(), flags_.begin(), flags_.end());
    return run_program(words, stores_under_test(data()));
  }
  static ApiClient client(const ServerProcess& server) { return {server.url(), ServerProcess::token("ann")}; }
  // The id of the new image.
  static std::string upload(const ApiClient& api) {
    const auto uploaded = api.upload(as_file(make_jpeg({.width = 800, .height = 600})));
    EXPECT_EQ(uploaded.status, 201) << uploaded.body;
    EXPECT_EQ(json_text(uploaded.body, "processingStatus"), "processing");
    EXPECT_EQ(json_text(uploaded.body, "thumbnailUrl"), "null");
    EXPECT_GT(json_text(uploaded.body, "placeholder").size(), 20U);
    return json_text(uploaded.body, "imageId");
  }
  // An image whose job nobody has had yet.
  std::string upload_without_jobs() const {
    ServerProcess server = start({"--jobs", "off"});
    std::string id = upload(client(server));
    EXPECT_EQ(server.stop(), 0);
    return id;
  }
  static std::string status_of(const ApiClient& api, const std::string& id) {
    return json_text(api.get("/images/" + id).body, "processingStatus");
  }
  static bool becomes(const ApiClient& api, const std::string& id, const std::string& status) {
    return eventually([&] { return status_of(api, id) == status; }, std::chrono::seconds(30));
  }

 private:
  const std::vector<std::string> flags_;
  TempDirectory directory_;
};

}  // namespace tintype::testing_support
