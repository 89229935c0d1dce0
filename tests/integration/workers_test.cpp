// The image workers of the real program, seen from outside.
#include <gmock/gmock.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "tests/integration/shared_server.h"
#include "tests/support/process_tree.h"

namespace tintype {
namespace {

using namespace testing_support;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// A server of a test's own.
class OwnServer {
 public:
  explicit OwnServer(std::vector<std::string> flags, std::vector<std::string> command = {program()})
      : server_({.data_dir = directory_.path() / "data", .flags = std::move(flags), .command = std::move(command)}) {}

  ServerProcess& server() { return server_; }
  ChildProcess& process() { return server_.process(); }
  ApiClient api() const { return {server_.url(), ServerProcess::token("ann")}; }
  std::vector<pid_t> workers() { return children_of(process().pid(), kWorkerName); }
  std::vector<pid_t> zygotes() { return children_of(process().pid(), kZygoteName); }

 private:
  TempDirectory directory_;
  ServerProcess server_;
};

std::string large_jpeg() {
  return as_file(make_jpeg({.width = 4000, .height = 3000, .pattern = Pattern::Gradient}));
}

// `clients` at a time, each so many uploads. Gives how many were stored.
int upload_at_once(const ApiClient& api, const std::string& file, int clients, int each = 1) {
  std::atomic<int> stored = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < clients; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < each; ++n) stored += api.upload(file).status == 201 ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();
  return stored;
}

TEST(Workers, ProvisionedOnesAreWarmWhenTheServiceIsReady) {
  OwnServer own({"--workers-provisioned", "3"});
  EXPECT_EQ(own.api().get("/readyz").status, 200);
  EXPECT_EQ(metric_value(own.api(), R"(tintype_workers{state="idle"})"), 3);
  EXPECT_EQ(metric_value(own.api(), "tintype_workers_provisioned"), 3);
  EXPECT_THAT(own.workers(), SizeIs(3));
}

TEST(Workers, AreLockedInWithNothingToTake) {
  OwnServer own({"--workers-provisioned", "1"});
  ASSERT_THAT(own.workers(), SizeIs(1));
  const pid_t worker = own.workers().front();
  EXPECT_EQ(status_field(worker, "Seccomp"), "2") << "a filter is in force";
  EXPECT_EQ(status_field(worker, "NoNewPrivs"), "1");
  int sockets = 0;
  for (const auto& target : descriptors_of(worker)) {
    sockets += target.starts_with("socket:") ? 1 : 0;
    EXPECT_TRUE(target == "/dev/null" || target.starts_with("socket:")) << target;
  }
  EXPECT_EQ(sockets, 1) << "the one that jobs come through";
  EXPECT_EQ(own.api().get("/health").status, 200);
  EXPECT_EQ(json_text(own.api().get("/health").body, "checks.workers.sandbox"), "seccomp");
}

TEST(Workers, KernelWithoutSeccompIsToldAtStartAndInHealth) {
  OwnServer own({}, {WITHOUT_SECCOMP_PROGRAM, program()});
  EXPECT_THAT(own.process().standard_error(), HasSubstr("without seccomp"));
  const auto health = own.api().get("/health");
  EXPECT_EQ(health.status, 200);
  EXPECT_EQ(json_text(health.body, "checks.workers.sandbox"), "none");
  EXPECT_EQ(metric_value(own.api(), "tintype_workers_sandboxed"), 0);
  EXPECT_EQ(own.api().upload(large_jpeg()).status, 201);
}

TEST(Workers, RequestThatWaitsForAStartIsAColdStart) {
  OwnServer own({"--workers-provisioned", "1", "--workers-max", "4", "--image-threads", "4"});
  EXPECT_EQ(upload_at_once(own.api(), large_jpeg(), 4), 4);
  const double cold = metric_value(own.api(), "tintype_cold_starts_total");
  EXPECT_GE(cold, 1);
  EXPECT_EQ(metric_value(own.api(), "tintype_cold_start_duration_seconds_count"), cold);
  const std::string line = own.process().wait_for_log("Cold start detected", std::chrono::seconds(5));
  for (const char* part : {"spawnMs", "loadMs", "warmUpMs", "milliseconds"})
    EXPECT_GT(std::stod(json_text(line, part)), 0) << line;
  const char* const marked =
      R"(tintype_http_request_duration_seconds_count{cold_start="true",method="POST",route="/images",status="201"})";
  EXPECT_TRUE(eventually([&] { return metric_value(own.api(), marked) >= 1; }));
}

TEST(Workers, EnoughOfThemMeanNoColdStart) {
  OwnServer own({"--workers-provisioned", "4"});
  const std::string file = as_file(make_jpeg({.width = 320, .height = 240}));
  EXPECT_EQ(upload_at_once(own.api(), file, 4, 25), 100);
  EXPECT_EQ(metric_value(own.api(), "tintype_cold_starts_total"), 0);
}

TEST(Workers, BeyondThoseProvisionedEndWhenIdle) {
  OwnServer own({"--workers-provisioned", "1", "--workers-max", "4", "--image-threads", "4", "--worker-idle", "100ms"});
  EXPECT_EQ(upload_at_once(own.api(), large_jpeg(), 4), 4);
  EXPECT_TRUE(eventually([&] { return metric_value(own.api(), R"(tintype_workers{state="idle"})") == 1; }));
  EXPECT_TRUE(eventually([&] { return own.workers().size() == 1; }));
  EXPECT_GE(metric_value(own.api(), "tintype_worker_retirements_total"), 1);
}

TEST(Workers, AutomaticNumberRisesWithColdStartsAndFalls) {
  OwnServer own({"--workers-provisioned", "auto", "--workers-min", "1", "--workers-max", "6", "--image-threads", "6",
                 "--workers-window", "100ms", "--worker-idle", "100ms"});
  const auto target = [&] { return metric_value(own.api(), "tintype_workers_provisioned"); };
  ASSERT_TRUE(eventually([&] { return target() == 1; })) << "nothing to do: the least";
  const std::string file = large_jpeg();
  EXPECT_TRUE(eventually([&] { return upload_at_once(own.api(), file, 6), target() > 1; }));
  EXPECT_TRUE(eventually([&] { return target() == 1; }));
}

TEST(Workers, WornOneIsReplacedWithoutAColdStart) {
  OwnServer own({"--workers-provisioned", "1", "--worker-max-jobs", "5"});
  const std::string file = as_file(make_jpeg({.width = 320, .height = 240}));
  EXPECT_EQ(upload_at_once(own.api(), file, 1, 20), 20);
  EXPECT_GE(metric_value(own.api(), "tintype_worker_starts_total"), 5);
  EXPECT_EQ(metric_value(own.api(), "tintype_cold_starts_total"), 0);
}

TEST(Workers, KilledOnesAreReplacedAndTheirJobsDoneAgain) {
  OwnServer own({});
  const std::string file = large_jpeg();
  std::atomic<bool> done = false;
  std::thread killer([&] {
    while (!done) {
      // One of those that there are: an upload has two under way at a time, and each has two attempts.
      if (const auto workers = own.workers(); !workers.empty()) ::kill(workers.front(), SIGKILL);
      std::this_thread::sleep_for(std::chrono::milliseconds(700));
    }
  });
  const int stored = upload_at_once(own.api(), file, 4, 3);
  done = true;
  killer.join();
  EXPECT_GE(stored, 6) << "each job has two attempts, and is refused with 503 after";
  EXPECT_GE(metric_value(own.api(), R"(tintype_worker_deaths_total{reason="killed"})"), 2);
  EXPECT_EQ(own.api().upload(file).status, 201);
  EXPECT_EQ(json_text(own.api().get("/health").body, "status"), "up");
}

TEST(Workers, ZygoteThatDiesIsRestarted) {
  OwnServer own({"--workers-provisioned", "1"});
  ASSERT_THAT(own.zygotes(), SizeIs(1));
  const pid_t first = own.zygotes().front();
  ::kill(first, SIGKILL);
  EXPECT_TRUE(eventually([&] {
    const auto now = own.zygotes();
    return now.size() == 1 && now.front() != first;
  }));
  for (const pid_t worker : own.workers()) ::kill(worker, SIGKILL);
  EXPECT_TRUE(eventually([&] { return own.api().upload(large_jpeg()).status == 201; }));
  EXPECT_EQ(metric_value(own.api(), "tintype_worker_zygote_starts_total"), 2);
}

TEST(Workers, EndWithTheService) {
  OwnServer own({"--workers-provisioned", "2"});
  const auto workers = own.workers();
  const auto zygotes = own.zygotes();
  own.server().kill_9();
  for (const auto& family : {workers, zygotes}) {
    for (const pid_t pid : family) {
      EXPECT_TRUE(eventually([&] { return ::kill(pid, 0) != 0 || status_field(pid, "State").starts_with('Z'); }));
    }
  }
}

// As systemd does, which signals every process of a service.
TEST(Workers, StopOfTheWholeGroupStillFinishesUploads) {
  OwnServer own({});
  const std::string file = large_jpeg();
  int status = 0;
  std::thread client([&] { status = own.api().upload(file).status; });
  EXPECT_TRUE(eventually([&] { return metric_value(own.api(), "tintype_image_jobs_running") == 1; }));
  for (const auto& family : {own.workers(), own.zygotes()}) {
    for (const pid_t pid : family) ::kill(pid, SIGTERM);
  }
  EXPECT_EQ(own.server().stop(), 0);
  client.join();
  EXPECT_EQ(status, 201);
}

TEST(Workers, MissingProgramIsSaidAtStart) {
  const TempDirectory directory;
  const auto alone = directory.path() / "tintype";
  std::filesystem::copy_file(program(), alone);
  ChildProcess process({alone.string(), "serve", "--listen", "127.0.0.1:0", "--data-dir", directory.path() / "data"},
                       {});
  const auto ended = process.wait(std::chrono::seconds(20));
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->code, 1);
  EXPECT_THAT(process.standard_error(), HasSubstr((directory.path() / "tintype-worker").string()));
  EXPECT_THAT(process.standard_error(), HasSubstr("TINTYPE_ENGINE=inprocess"));
}

// Its worker program never says that it is ready.
class NeverWarm : public testing::Test {
 protected:
  NeverWarm() {
    std::filesystem::copy_file(program(), directory_.path() / "tintype");
    const auto worker = directory_.path() / "tintype-worker";
    // It must not hold the output that the test waits for the end of.
    std::ofstream(worker) << "#!/bin/sh\nexec sleep 20 >/dev/null 2>&1\n";
    std::filesystem::permissions(worker, std::filesystem::perms::owner_all);
    process_ = std::make_unique<ChildProcess>(
        std::vector<std::string>{(directory_.path() / "tintype").string(), "serve", "--listen", address_, "--data-dir",
                                 (directory_.path() / "data").string(), "--jwt-secret", ServerProcess::kSecret},
        std::map<std::string, std::string>());
  }

  TempDirectory directory_;
  // Not the one that the service would say: it says it when it is ready.
  const std::string address_ = "127.0.0.1:" + std::to_string(free_port());
  const ApiClient api_{"http://" + address_, ServerProcess::token("ann")};
  std::unique_ptr<ChildProcess> process_;
};

TEST_F(NeverWarm, ServiceIsAliveAndNotReady) {
  EXPECT_TRUE(eventually([&] { return api_.get("/livez").status == 200; }));
  const auto ready = api_.get("/readyz");
  EXPECT_EQ(ready.status, 503);
  EXPECT_EQ(json_text(ready.body, "status"), "starting");
}

TEST_F(NeverWarm, ServiceCanBeStopped) {
  EXPECT_TRUE(eventually([&] { return api_.get("/livez").status == 200; }));
  process_->signal(SIGTERM);
  const auto ended = process_->wait(std::chrono::seconds(5));
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->code, 0);
}

TEST(Workers, InProcessEngineHasNone) {
  OwnServer own({"--engine", "inprocess"});
  EXPECT_EQ(own.api().upload(large_jpeg()).status, 201);
  EXPECT_THAT(own.workers(), IsEmpty());
  EXPECT_THAT(own.zygotes(), IsEmpty());
  EXPECT_THAT(own.api().get("/health").body, testing::Not(HasSubstr("workers")));
}

std::string mappings_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/maps");
  return {std::istreambuf_iterator<char>(file), {}};
}

// It would cost every start the time and the memory of a hundred libraries.
TEST(Workers, ServiceItselfLoadsLibvipsOnlyForTheInProcessEngine) {
  OwnServer with_workers({});
  OwnServer in_process({"--engine", "inprocess"});
  EXPECT_THAT(mappings_of(with_workers.process().pid()), testing::Not(HasSubstr("libvips")));
  EXPECT_THAT(mappings_of(in_process.process().pid()), HasSubstr("libvips"));
}

TEST(Workers, MissingModuleOfTheInProcessEngineIsSaidAtStart) {
  const TempDirectory directory;
  const auto alone = directory.path() / "tintype";
  std::filesystem::copy_file(program(), alone);
  ChildProcess process({alone.string(), "serve", "--engine", "inprocess", "--listen", "127.0.0.1:0", "--data-dir",
                        directory.path() / "data"},
                       {});
  const auto ended = process.wait(std::chrono::seconds(20));
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->code, 1);
  EXPECT_THAT(process.standard_error(), HasSubstr((directory.path() / "tintype-engine.so").string()));
  EXPECT_THAT(process.standard_error(), HasSubstr("TINTYPE_ENGINE=worker"));
}

}  // namespace
}  // namespace tintype
