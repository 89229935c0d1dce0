// How many workers there are, when, and what happens when none can be had.
#include "adapters/engine_worker/worker_pool.h"

#include <gmock/gmock.h>

#include <csignal>
#include <fstream>

#include "tests/support/temp_directory.h"
#include "tests/support/test_images.h"
#include "tests/support/worker_pool_fixture.h"

namespace tintype {
namespace {

using namespace testing_support;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::SizeIs;

// Workers that are kept from other borrowers.
std::vector<WorkerPool::Lease> borrow(WorkerPoolFixture& workers, int count) {
  std::vector<WorkerPool::Lease> leases;
  for (int i = 0; i < count; ++i) {
    auto lease = workers.pool().borrow(patience());
    EXPECT_TRUE(lease) << to_string(lease.error());
    if (lease) leases.push_back(std::move(*lease));
  }
  return leases;
}

TEST(WorkerPool, NoProgramThenOverloadedAtOnce) {
  WorkerPoolFixture workers({.program = "no-such-program", .wait_until_warm = false});
  EXPECT_FALSE(workers.pool().wait_until_warm(patience()));
  const auto start = std::chrono::steady_clock::now();
  const auto rendered = workers.engine().render(make_jpeg({}), kSmall, patience());
  ASSERT_FALSE(rendered);
  EXPECT_EQ(rendered.error().code, ErrorCode::Overloaded);
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(1));
}

TEST(WorkerPool, NoProgramThenCheckSaysWhatToDo) {
  WorkerPoolFixture workers({.program = "no-such-program", .wait_until_warm = false});
  const auto warm = workers.pool().wait_until_warm(patience());
  ASSERT_FALSE(warm);
  EXPECT_THAT(warm.error().public_message, testing::HasSubstr("TINTYPE_ENGINE=inprocess"));
  const auto checked = workers.pool().check();
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().detail, testing::HasSubstr("no-such-program"));
}

// A zygote with so few descriptors that it gets ready, but cannot have the one that a fork gives it.
std::filesystem::path program_that_cannot_fork(const TempDirectory& directory) {
  const auto script = directory.path() / "worker";
  std::ofstream(script) << "#!/bin/sh\nulimit -n 5\nexec " << program_beside_this("tintype-worker").string()
                        << " \"$@\"\n";
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  return script;
}

TEST(WorkerPool, ZygoteCannotForkThenOverloadedAtOnce) {
  const TempDirectory directory;
  const auto program = program_that_cannot_fork(directory).string();
  WorkerPoolFixture workers({.program = program, .wait_until_warm = false});
  EXPECT_TRUE(eventually([&] { return !workers.pool().check(); }));
  const auto rendered = workers.engine().render(make_jpeg({}), kSmall, Deadline::after(seconds(5)));
  ASSERT_FALSE(rendered);
  EXPECT_THAT(rendered.error().detail, testing::HasSubstr("no image worker can be started"));
}

TEST(WorkerPool, ZygoteIsKilledThenAnotherIsStarted) {
  WorkerPoolFixture workers;
  const auto zygotes = zygote_pids();
  ASSERT_THAT(zygotes, SizeIs(1));
  ASSERT_EQ(::kill(zygotes[0], SIGKILL), 0);
  EXPECT_TRUE(eventually([&] { return workers.counter("tintype_worker_zygote_starts_total") == 2; }));
}

TEST(WorkerPool, ZygoteAndWorkersAreKilledThenPoolRecovers) {
  WorkerPoolFixture workers;
  for (const pid_t pid : zygote_pids()) ASSERT_EQ(::kill(pid, SIGKILL), 0);
  for (const pid_t pid : worker_pids()) ASSERT_EQ(::kill(pid, SIGKILL), 0);
  ASSERT_TRUE(eventually([&] { return workers.counter("tintype_worker_starts_total") == 2; }));
  EXPECT_TRUE(workers.engine().render(make_jpeg({}), kSmall, patience()));
  EXPECT_EQ(workers.counter("tintype_worker_zygote_starts_total"), 2);
}

TEST(WorkerPool, ZygoteIsKilledThenItsWorkersWorkOn) {
  WorkerPoolFixture workers;
  for (const pid_t pid : zygote_pids()) ASSERT_EQ(::kill(pid, SIGKILL), 0);
  EXPECT_TRUE(workers.engine().render(make_jpeg({}), kSmall, patience()));
  EXPECT_EQ(workers.deaths(), 0);
}

TEST(WorkerPool, IdleWorkerIsKilledThenItIsReplaced) {
  WorkerPoolFixture workers;
  const auto before = worker_pids();
  ASSERT_THAT(before, SizeIs(1));
  ASSERT_EQ(::kill(before[0], SIGKILL), 0);
  EXPECT_TRUE(eventually([&] { return worker_pids().size() == 1 && worker_pids() != before; }));
}

TEST(WorkerPool, PoolEndsThenNoProcessIsLeft) {
  {
    WorkerPoolFixture workers({.provisioned = 3});
    ASSERT_THAT(worker_pids(), SizeIs(3));
  }
  EXPECT_THAT(worker_pids(), SizeIs(0));
  EXPECT_THAT(zygote_pids(), SizeIs(0));
}

TEST(WorkerPool, WornWorkerIsReplacedWithoutAColdStart) {
  WorkerPoolFixture workers({.most = 1, .max_jobs = 3});
  const auto file = make_jpeg({.width = 800, .height = 600});
  for (int job = 0; job < 50; ++job) {
    const auto rendered = workers.engine().render(file, kSmall, patience());
    ASSERT_TRUE(rendered) << to_string(rendered.error());
    EXPECT_FALSE(rendered->cold_start) << "job " << job;
  }
  EXPECT_TRUE(eventually([&] { return workers.counter("tintype_worker_retirements_total") >= 1; }));
  EXPECT_EQ(workers.counter("tintype_cold_starts_total"), 0);
  EXPECT_EQ(workers.deaths(), 0);
}

TEST(WorkerPool, WorkerThatHoldsTooMuchMemoryIsReplaced) {
  WorkerPoolFixture workers({.most = 1, .max_resident = 1 << 20});  // less than any process has
  const auto before = worker_pids();
  ASSERT_TRUE(workers.engine().render(make_jpeg({}), kSmall, patience()));
  EXPECT_TRUE(eventually([&] { return worker_pids().size() == 1 && worker_pids() != before; }));
}

TEST(WorkerPool, WornWorkerIsReplacedThenTheNumberStays) {
  WorkerPoolFixture workers({.most = 1, .max_jobs = 3});
  const auto before = worker_pids();
  for (int job = 0; job < 3; ++job) ASSERT_TRUE(workers.engine().render(make_jpeg({}), kSmall, patience()));
  EXPECT_TRUE(eventually([&] { return worker_pids().size() == 1 && worker_pids() != before; }));
}

TEST(WorkerPool, NoWorkerIsFreeThenColdStartIsFlaggedAndCounted) {
  WorkerPoolFixture workers({.most = 3});
  const auto taken = borrow(workers, 1);
  const auto rendered = workers.engine().render(make_jpeg({}), kSmall, patience());
  ASSERT_TRUE(rendered) << to_string(rendered.error());
  EXPECT_TRUE(rendered->cold_start);
  EXPECT_EQ(workers.counter("tintype_cold_starts_total"), 1);
}

TEST(WorkerPool, NoWorkerIsFreeThenColdStartOfAProbeIsFlagged) {
  WorkerPoolFixture workers({.most = 3});
  const auto taken = borrow(workers, 1);
  const auto probed = workers.engine().probe(make_jpeg({}), patience());
  ASSERT_TRUE(probed) << to_string(probed.error());
  EXPECT_TRUE(probed->cold_start);
}

TEST(WorkerPool, WorkerIsFreeThenNoColdStart) {
  WorkerPoolFixture workers({.most = 3});
  const auto rendered = workers.engine().render(make_jpeg({}), kSmall, patience());
  ASSERT_TRUE(rendered) << to_string(rendered.error());
  EXPECT_FALSE(rendered->cold_start);
  EXPECT_EQ(workers.counter("tintype_cold_starts_total"), 0);
}

TEST(WorkerPool, ThreeJobsAtATimeThenAllButTheFirstAreColdStarts) {
  WorkerPoolFixture workers({.most = 3});
  const auto leases = borrow(workers, 3);
  ASSERT_THAT(leases, SizeIs(3));
  EXPECT_FALSE(leases[0].cold_start());
  EXPECT_TRUE(leases[1].cold_start());
  EXPECT_TRUE(leases[2].cold_start());
  EXPECT_EQ(workers.counter("tintype_cold_starts_total"), 2);
}

TEST(WorkerPool, AllWorkersAreTakenThenOverloadedAtTheDeadline) {
  WorkerPoolFixture workers({.most = 2});
  const auto taken = borrow(workers, 2);
  const auto rendered = workers.engine().render(make_jpeg({}), kSmall, Deadline::after(milliseconds(100)));
  ASSERT_FALSE(rendered);
  EXPECT_EQ(rendered.error().code, ErrorCode::Overloaded);
  EXPECT_THAT(worker_pids(), SizeIs(2));
}

TEST(WorkerPool, WorkersAreIdleThenPoolShrinksToThoseProvisioned) {
  WorkerPoolFixture workers({.most = 3, .idle = milliseconds(100)});
  borrow(workers, 3).clear();
  EXPECT_TRUE(eventually([] { return worker_pids().size() == 1; }));
  EXPECT_EQ(workers.counter("tintype_worker_retirements_total"), 2);
}

TEST(WorkerPool, ColdStartsThenAutomaticProvisioningKeepsMore) {
  WorkerPoolFixture workers(
      {.most = 3, .automatic = true, .policy = {.least = 1, .most = 3, .window = milliseconds(200)}});
  borrow(workers, 2).clear();
  EXPECT_TRUE(eventually([&] { return workers.gauge("tintype_workers_provisioned") >= 2; }));
}

TEST(WorkerPool, CalmThenAutomaticProvisioningKeepsFewer) {
  WorkerPoolFixture workers({.provisioned = 3,
                             .most = 3,
                             .idle = milliseconds(100),
                             .automatic = true,
                             .policy = {.least = 1, .most = 3, .window = milliseconds(200)}});
  EXPECT_TRUE(eventually([&] { return workers.gauge("tintype_workers_provisioned") == 1; }));
  EXPECT_TRUE(eventually([] { return worker_pids().size() == 1; }));
}

}  // namespace
}  // namespace tintype
