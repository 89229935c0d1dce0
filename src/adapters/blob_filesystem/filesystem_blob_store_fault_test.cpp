// Disks that are full, read-only or have no attributes, and processes that are killed. Each fault happens in a child
// process, with a file system of its own where one is needed, so that nothing of it is left behind.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <csignal>
#include <iostream>

#include "adapters/blob_filesystem/filesystem_blob_store.h"
#include "adapters/blob_filesystem/temp_file.h"
#include "base/text.h"
#include "tests/support/temp_directory.h"

namespace tintype {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

std::unique_ptr<FilesystemBlobStore> open_store(const std::filesystem::path& root) {
  return std::move(FilesystemBlobStore::open(root).value());
}

Result<void> put(BlobStore& store, std::string_view key, const std::string& body) {
  return store.put(key, as_bytes(body), {"image/webp"}, Deadline::never());
}

std::vector<std::string> keys(BlobStore& store) {
  std::vector<std::string> found;
  const auto collect = [&](const BlobEntry& entry) {
    found.push_back(entry.key);
    return true;
  };
  EXPECT_TRUE(store.list("", collect, Deadline::never()));
  return found;
}

// Runs `body` in a child process, which ends without destructors when it returns, and gives its wait status.
int run_in_child(const std::function<void()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    body();
    std::cout.flush();
    ::_exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

constexpr int kNotPermitted = 77;

// The same with a file system of `type` at `mount_point` that only the child sees.
int run_on_file_system(const char* type, const char* options, const std::filesystem::path& mount_point,
                       const std::function<void()>& body) {
  return run_in_child([&] {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount(type, mount_point.c_str(), type, 0, options) != 0) {
      ::_exit(kNotPermitted);
    }
    body();
  });
}

#define EXPECT_CHILD_SUCCEEDED(child)                                                                             \
  do {                                                                                                            \
    const int status = (child);                                                                                   \
    if (WIFEXITED(status) && WEXITSTATUS(status) == kNotPermitted) GTEST_SKIP() << "may not mount here";          \
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "the child's failures are in the output above"; \
  } while (false)

TEST(FilesystemBlobStoreFault, PutThatCannotWriteLeavesNothing) {
  const testing_support::TempDirectory root;
  EXPECT_CHILD_SUCCEEDED(run_in_child([&] {
    const auto store = open_store(root.path());
    ASSERT_TRUE(put(*store, "old", "old"));
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{100'000, 100'000};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
    EXPECT_EQ(put(*store, "new", std::string(200'000, 'x')).error().code, ErrorCode::StoreUnavailable);
    EXPECT_THAT(keys(*store), testing::ElementsAre("old"));
    EXPECT_TRUE(std::filesystem::is_empty(root.path() / "tmp"));
    EXPECT_EQ(store->open("old", Deadline::never())->bytes->size(), 3u);
  }));
}

TEST(FilesystemBlobStoreFault, FullDiskRefusesPutsUntilThereIsRoom) {
  const testing_support::TempDirectory root;
  EXPECT_CHILD_SUCCEEDED(run_on_file_system("tmpfs", "size=1m", root.path(), [&] {
    const auto store = open_store(root.path());
    ASSERT_TRUE(put(*store, "a/1", std::string(600'000, 'x')));
    EXPECT_EQ(put(*store, "a/2", std::string(600'000, 'x')).error().code, ErrorCode::StoreUnavailable);
    EXPECT_THAT(keys(*store), testing::ElementsAre("a/1"));
    EXPECT_TRUE(std::filesystem::is_empty(root.path() / "tmp"));
    EXPECT_TRUE(store->check(Deadline::never()));  // it still delivers
    ASSERT_TRUE(store->remove("a/1", Deadline::never()));
    EXPECT_TRUE(put(*store, "a/2", std::string(600'000, 'x')));
  }));
}

TEST(FilesystemBlobStoreFault, ReadOnlyDiskIsUnavailableForWritingAndStillReads) {
  const testing_support::TempDirectory root;
  EXPECT_CHILD_SUCCEEDED(run_on_file_system("tmpfs", "size=1m", root.path(), [&] {
    const auto store = open_store(root.path());
    ASSERT_TRUE(put(*store, "a", "body"));
    ASSERT_EQ(::mount(nullptr, root.path().c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr), 0);
    EXPECT_EQ(put(*store, "b", "body").error().code, ErrorCode::StoreUnavailable);
    EXPECT_EQ(store->remove("a", Deadline::never()).error().code, ErrorCode::StoreUnavailable);
    EXPECT_EQ(store->check(Deadline::never()).error().code, ErrorCode::StoreUnavailable);
    EXPECT_TRUE(store->open("a", Deadline::never()));
  }));
}

TEST(FilesystemBlobStoreFault, MissingPermissionIsUnavailable) {
  const testing_support::TempDirectory root;
  EXPECT_CHILD_SUCCEEDED(run_in_child([&] {
    const auto store = open_store(root.path());
    ASSERT_TRUE(put(*store, "a", "body"));
    std::filesystem::permissions(root.path() / "tmp", std::filesystem::perms::none);
    if (::geteuid() == 0) ASSERT_EQ(::setuid(65534), 0);  // root may do everything
    EXPECT_EQ(put(*store, "b", "body").error().code, ErrorCode::StoreUnavailable);
    EXPECT_EQ(store->check(Deadline::never()).error().code, ErrorCode::StoreUnavailable);
  }));
}

TEST(FilesystemBlobStoreFault, FileSystemWithoutAttributesKeepsMetaInAFooter) {
  const testing_support::TempDirectory root;
  EXPECT_CHILD_SUCCEEDED(run_on_file_system("ramfs", "", root.path(), [&] {
    const auto store = open_store(root.path());
    ASSERT_TRUE(put(*store, "a", "body"));
    ASSERT_LT(::getxattr((root.path() / "blobs/a").c_str(), "user.tintype.meta", nullptr, 0), 0);
    const auto blob = store->open("a", Deadline::never());
    EXPECT_EQ(blob->meta.content_type, "image/webp");
    EXPECT_EQ(as_text(*read_all(*blob->bytes, Deadline::never())), "body");
  }));
}

TEST(FilesystemBlobStoreFault, KillBeforeTheRenameLeavesNoVisibleBlobAndNoLastingTempFile) {
  const testing_support::TempDirectory root;
  const int status = run_in_child([&] {
    const auto store = open_store(root.path());
    const UniqueFd tmp(::open((root.path() / "tmp").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    auto file = TempFile::create(tmp.get());
    ASSERT_TRUE(file && file->write(as_bytes("body"), Deadline::never()) && file->sync());
    ::raise(SIGKILL);
  });
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  EXPECT_THAT(keys(*open_store(root.path())), IsEmpty());

  const std::filesystem::directory_iterator left(root.path() / "tmp");
  ASSERT_NE(left, std::filesystem::directory_iterator());
  std::filesystem::last_write_time(left->path(), std::filesystem::file_time_type::clock::now() - std::chrono::hours(2));
  open_store(root.path());
  EXPECT_TRUE(std::filesystem::is_empty(root.path() / "tmp"));
}

// Puts, and removes what an earlier child has left under the key, until it is killed.
[[noreturn]] void put_for_ever(const std::filesystem::path& root) {
  const auto store = open_store(root);
  for (std::size_t i = 0;; ++i) {
    const std::string letter(1, static_cast<char>('a' + i % 26));
    const std::string key = letter + "/" + std::to_string(i % 50);
    if (i >= 50 && !store->remove(key, Deadline::never())) ::_exit(1);
    const auto done = put(*store, key, std::string(300'000, letter[0]));
    if (!done && done.error().code != ErrorCode::AlreadyExists) ::_exit(1);
  }
}

// The child may be anywhere in a put when the parent has seen enough blobs, so every round kills it somewhere else.
void kill_a_putting_child(BlobStore& store, const std::filesystem::path& root, std::size_t blobs) {
  const pid_t child = ::fork();
  if (child == 0) put_for_ever(root);
  const Deadline deadline = Deadline::after(std::chrono::seconds(30));
  while (keys(store).size() < blobs && !deadline.expired()) ::sched_yield();
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

TEST(FilesystemBlobStoreFault, KillDuringPutsLeavesOnlyWholeBlobs) {
  const testing_support::TempDirectory root;
  const auto store = open_store(root.path());
  for (const std::size_t blobs : {1u, 3u, 8u, 13u}) kill_a_putting_child(*store, root.path(), blobs);
  const auto found = keys(*store);
  EXPECT_THAT(found, SizeIs(testing::Ge(13u)));
  for (const std::string& key : found) {
    const auto blob = store->open(key, Deadline::never());
    EXPECT_EQ(blob->meta.content_type, "image/webp");
    const auto bytes = read_all(*blob->bytes, Deadline::never());
    EXPECT_TRUE(as_text(*bytes) == std::string(300'000, key[0])) << key;
  }
}

}  // namespace
}  // namespace tintype
