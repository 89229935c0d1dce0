// A disk that is full, read-only or broken under a running service: clear refusals, nothing lost, and recovery without
// a restart.
#include <gmock/gmock.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "tests/integration/program_run.h"
#include "tests/integration/shared_server.h"
#include "tests/integration/storage_load.h"
#include "tests/support/process_tree.h"

namespace tintype {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;

constexpr int kClients = 4;
constexpr auto kLease = 500ms;

class StorageFaults : public testing::Test {
 protected:
  void start(const std::map<std::string, std::string>& environment = {}) {
    server_ = std::make_unique<ServerProcess>(ServerProcess::Options{
        .data_dir = data_dir_,
        .flags = {"--upload-lease", "500ms", "--sweep-interval", "200ms", "--verify-interval", "0s"},
        .environment = environment,
        .command = command_});
    api_ = std::make_unique<ApiClient>(server_->url(), ServerProcess::token("ann"));
  }
  // Uploads before, during and after; then all that is promised.
  void expect_survival(const std::function<void()>& break_disk, const std::function<void()>& mend_disk) {
    const auto first = api_->upload(as_file(make_jpeg({.width = 320, .height = 240})));
    ASSERT_EQ(first.status, 201) << first.body;
    const StoredPicture before = read_picture(*api_, json_text(first.body, "imageId"));
    StorageLoad load(*api_, kClients);
    ASSERT_TRUE(eventually([&] { return load.stored() >= 8; }));
    break_disk();
    const int refused = load.refused();
    EXPECT_TRUE(eventually([&] { return load.refused() >= refused + 12; })) << "the fault was not noticed";
    expect_unchanged(*api_, before);
    mend_disk();
    const int stored = load.stored();
    EXPECT_TRUE(eventually([&] { return load.stored() >= stored + 8; })) << "it did not recover";
    expect_unchanged(*api_, before);
    expect_one_image_each(*api_, load.stop());
    expect_clean();
  }
  void expect_clean() {
    EXPECT_EQ(server_->stop(), 0);
    std::this_thread::sleep_for(kLease);  // no less makes a lease run out
    const std::vector<std::string> data_dir = {"--data-dir", data_dir_.string()};
    const ProgramRun swept = run_program({program(), "sweep", data_dir[0], data_dir[1]});
    EXPECT_EQ(swept.code, 0) << swept.output << swept.error;
    const ProgramRun verified =
        run_program({program(), "verify", "--checksums", "--grace", "0s", data_dir[0], data_dir[1]});
    EXPECT_EQ(verified.code, 0) << verified.output << verified.error;
  }

  // See failing_disk.cpp.
  std::map<std::string, std::string> failing_disk() const {
    return {{"LD_PRELOAD", FAILING_DISK_LIBRARY}, {"FAILING_DISK", faults_.path().string()}};
  }
  void set_fault(const char* fault, int error, int every) const {
    const auto file = faults_.path() / fault;
    std::ofstream(file.string() + ".new") << error << ' ' << every << '\n';
    std::filesystem::rename(file.string() + ".new", file);
  }
  void clear_fault(const char* fault) const { std::filesystem::remove(faults_.path() / fault); }
  void expect_survival_of(const char* fault, int error, int every) {
    start(failing_disk());
    expect_survival([&] { set_fault(fault, error, every); }, [&] { clear_fault(fault); });
  }

  std::vector<std::string> command_ = {program()};
  TempDirectory directory_;
  TempDirectory faults_;
  const std::filesystem::path data_dir_ = directory_.path() / "data";
  std::unique_ptr<ServerProcess> server_;
  std::unique_ptr<ApiClient> api_;
};

TEST_F(StorageFaults, FailingSyncIsRefusedAndRecoveredFrom) {
  expect_survival_of("sync", EIO, 1);
}

TEST_F(StorageFaults, SyncThatFailsNowAndThenLosesNothing) {
  start(failing_disk());
  set_fault("sync", EIO, 7);
  StorageLoad load(*api_, kClients);
  EXPECT_TRUE(eventually([&] { return load.stored() >= 20 && load.refused() >= 10; }));
  clear_fault("sync");
  expect_one_image_each(*api_, load.stop());
  expect_clean();
}

TEST_F(StorageFaults, FailingSyncOfTheDatabaseIsRefusedAndRecoveredFrom) {
  expect_survival_of("database-sync", EIO, 1);
}

TEST_F(StorageFaults, FailingWriteOfTheDatabaseIsRefusedAndRecoveredFrom) {
  expect_survival_of("database-write", EIO, 1);
}

TEST_F(StorageFaults, DatabaseThatFindsNoRoomIsRefusedAndRecoveredFrom) {
  expect_survival_of("database-write", ENOSPC, 1);
}

TEST_F(StorageFaults, ReadOnlyDirectoryIsRefusedAndRecoveredFrom) {
  // Without this capability the mode of a directory holds for root, too.
  if (::geteuid() == 0) command_ = {"/usr/bin/setpriv", "--bounding-set", "-dac_override", program()};
  start();
  const auto set_mode = [&](std::filesystem::perms mode) { std::filesystem::permissions(data_dir_ / "tmp", mode); };
  using std::filesystem::perms;
  expect_survival([&] { set_mode(perms::owner_read | perms::owner_exec); }, [&] { set_mode(perms::owner_all); });
}

// A file system of its own, for as long as the test runs.
class StorageMount : public StorageFaults {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(data_dir_);
    mounted_ = ::mount("tmpfs", data_dir_.c_str(), "tmpfs", 0, "size=32m,mode=700") == 0;
    if (!mounted_) GTEST_SKIP() << "may not mount here";
    start();
  }
  void TearDown() override {
    server_.reset();
    if (mounted_) EXPECT_EQ(::umount2(data_dir_.c_str(), MNT_DETACH), 0);
  }
  bool remount(unsigned long flags) const {
    return ::mount(nullptr, data_dir_.c_str(), nullptr, MS_REMOUNT | flags, "size=32m,mode=700") == 0;
  }

  bool mounted_ = false;
};

TEST_F(StorageMount, FullDiskIsRefusedAndRecoveredFromWhenThereIsRoom) {
  const auto ballast = data_dir_ / "ballast";
  const auto fill = [&] {
    std::ofstream file(ballast, std::ios::binary);
    const std::string piece(4096, 'x');
    while (file.write(piece.data(), static_cast<std::streamsize>(piece.size())).flush()) {
    }
  };
  expect_survival(fill, [&] { std::filesystem::remove(ballast); });
}

}  // namespace
}  // namespace tintype
