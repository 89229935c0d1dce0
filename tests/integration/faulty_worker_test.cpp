// What the service makes of a decoder that was taken over: the real program beside a worker whose engine misbehaves
// when a file says so (tests/worker/faulty_worker.cpp).
#include <gmock/gmock.h>

#include <csignal>

#include "tests/integration/shared_server.h"
#include "tests/support/process_tree.h"

namespace tintype {
namespace {

using namespace testing_support;
using testing::HasSubstr;

class FaultyWorker : public testing::Test {
 protected:
  FaultyWorker() {
    std::filesystem::copy_file(program(), directory_.path() / "tintype");  // it looks for its worker beside itself
    std::filesystem::create_symlink(FAULTY_WORKER_PROGRAM, directory_.path() / "tintype-worker");
    start();
  }

  void start() {
    server_ = std::make_unique<ServerProcess>(
        ServerProcess::Options{.data_dir = directory_.path() / "data",
                               .flags = {"--workers-provisioned", "2", "--job-deadline", "1s"},
                               .command = {(directory_.path() / "tintype").string()}});
  }
  ApiClient api() const { return {server_->url(), ServerProcess::token("ann")}; }

  // A sound picture, for every decoder but ours.
  static std::string file_with(const std::string& fault) {
    return as_file(make_jpeg({.width = 320, .height = 240})) + "fault:" + fault;
  }
  std::string quarantine(const std::vector<std::string>& arguments) {
    std::vector<std::string> command = {program(), "quarantine", "--data-dir", (directory_.path() / "data").string()};
    command.insert(command.end(), arguments.begin(), arguments.end());
    ChildProcess process(command, {});
    process.wait(std::chrono::seconds(20));
    return process.standard_output();
  }
  double deaths(const std::string& reason) {
    return metric_value(api(), "tintype_worker_deaths_total{reason=\"" + reason + "\"}");
  }

  TempDirectory directory_;
  std::unique_ptr<ServerProcess> server_;
};

TEST_F(FaultyWorker, CrashCostsOneRequest) {
  const auto crashed = api().upload(file_with("segv"));
  EXPECT_EQ(crashed.status, 422);
  EXPECT_EQ(error_code(crashed), "IMAGE_UNDECODABLE");
  EXPECT_EQ(deaths("crash"), 1);
  EXPECT_EQ(api().upload(file_with("none")).status, 201);
  EXPECT_TRUE(eventually([&] { return children_of(server_->process().pid(), kWorkerName).size() == 2; }));
}

TEST_F(FaultyWorker, HangEndsAtTheJobDeadline) {
  const auto start = std::chrono::steady_clock::now();
  const auto hung = api().upload(file_with("hang"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(6));
  EXPECT_EQ(hung.status, 422);
  EXPECT_EQ(error_code(hung), "IMAGE_UNDECODABLE");
  EXPECT_EQ(deaths("deadline"), 1);
  EXPECT_EQ(metric_value(api(), R"(tintype_workers{state="busy"})"), 0);
}

TEST_F(FaultyWorker, ForbiddenSystemCallIsACrash) {
  for (const char* fault : {"socket", "exec", "fork", "kill-parent", "map-executable"}) {
    EXPECT_EQ(api().upload(file_with(fault)).status, 422) << fault;
  }
  EXPECT_EQ(deaths("crash"), 5);
  EXPECT_THAT(server_->process().standard_error(), HasSubstr("Bad system call"));
}

TEST_F(FaultyWorker, ThirdTryIsRefusedAtOnceAlsoAfterARestart) {
  const std::string file = file_with("abort");
  for (int i = 0; i < 2; ++i) EXPECT_EQ(api().upload(file).status, 422);
  EXPECT_EQ(deaths("crash"), 2);
  EXPECT_EQ(server_->stop(), 0);
  start();
  const auto third = api().upload(file);
  EXPECT_EQ(third.status, 422);
  EXPECT_EQ(error_code(third), "IMAGE_UNDECODABLE");
  EXPECT_EQ(deaths("crash"), 0) << "no worker has seen it";
  EXPECT_EQ(metric_value(api(), "tintype_quarantine_refusals_total"), 1);
  EXPECT_EQ(api().upload(file_with("none")).status, 201);

  const std::string hash = json_text(quarantine({"--json"}), "0.sha256");
  EXPECT_EQ(json_text(quarantine({"--json"}), "0.state"), "quarantined");
  EXPECT_THAT(server_->process().standard_error(), HasSubstr(hash));
  quarantine({"--forget", hash});
  EXPECT_EQ(api().upload(file).status, 422);
  EXPECT_EQ(deaths("crash"), 1) << "it was tried again";
}

TEST_F(FaultyWorker, WorkersThatDieAtStartAreNotStartedInALoop) {
  std::filesystem::remove(directory_.path() / "tintype-worker");
  std::filesystem::create_symlink("/bin/false", directory_.path() / "tintype-worker");
  for (const char* name : {kZygoteName, kWorkerName}) {
    for (const pid_t pid : children_of(server_->process().pid(), name)) ::kill(pid, SIGKILL);
  }
  EXPECT_TRUE(eventually([&] {
    const auto refused = api().upload(file_with("none"));
    return refused.status == 503 && error_code(refused) == "OVERLOADED" && refused.headers.contains("retry-after");
  }));
  EXPECT_EQ(api().get("/health").status, 503);
  EXPECT_LT(metric_value(api(), "tintype_worker_zygote_starts_total"), 30) << "starts are spaced out";

  std::filesystem::remove(directory_.path() / "tintype-worker");
  std::filesystem::create_symlink(FAULTY_WORKER_PROGRAM, directory_.path() / "tintype-worker");
  EXPECT_TRUE(eventually([&] { return api().upload(file_with("none")).status == 201; }));
}

}  // namespace
}  // namespace tintype
