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
  static constexpr std::size_t kRefusedSentAgain = 40;

  // `more`: flags beside those of all replicas.
  std::unique_ptr<ServerProcess> start_replica(const std::string& name, const std::vector<std::string>& more = {}) {
    std::vector<std::string> flags = {"--upload-lease", "3s", "--sweep-interval", "100ms", "--verify-interval", "0s"};
    flags.insert(flags.end(), more.begin(), more.end());
    return std::make_unique<ServerProcess>(ServerProcess::Options{
        .data_dir = directory_.path() / name, .flags = flags, .environment = stores_under_test(shared_)});
  }
  static ApiClient client_of(const ServerProcess& server) { return {server.url(), ServerProcess::token("ann")}; }

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
