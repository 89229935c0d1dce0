// What is special about this adapter; what every BlobStore does is in tests/contract/blob_store_contract.cpp.
#include "adapters/blob_filesystem/filesystem_blob_store.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <fstream>

#include "base/text.h"
#include "tests/support/temp_directory.h"

namespace tintype {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class FilesystemBlobStoreTest : public testing::Test {
 protected:
  static std::unique_ptr<FilesystemBlobStore> open_store(const std::filesystem::path& root,
                                                         MetaPlace place = MetaPlace::Attribute) {
    return std::move(FilesystemBlobStore::open(root, place).value());
  }

  Result<void> put(std::string_view key, std::string_view body = "body") {
    return store_->put(key, as_bytes(body), {"image/webp"}, Deadline::never());
  }
  ErrorCode open_error(std::string_view key) { return store_->open(key, Deadline::never()).error().code; }
  std::filesystem::path blob(std::string_view key) const { return root_ / "blobs" / key; }

  static std::vector<std::string> keys(BlobStore& store) {
    std::vector<std::string> found;
    const auto collect = [&](const BlobEntry& entry) {
      found.push_back(entry.key + ":" + std::to_string(entry.size));
      return true;
    };
    EXPECT_TRUE(store.list("", collect, Deadline::never()));
    return found;
  }

  // Makes an unfinished file look as if it was last written `age` ago.
  std::filesystem::path leave_temp_file(const std::string& name, std::chrono::seconds age) {
    std::filesystem::path path = root_ / "tmp" / name;
    std::ofstream(path) << "unfinished";
    std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() - age);
    return path;
  }

  testing_support::TempDirectory directory_;
  const std::filesystem::path root_ = directory_.path() / "missing/root";
  std::unique_ptr<FilesystemBlobStore> store_ = open_store(root_);
};

TEST_F(FilesystemBlobStoreTest, BlobIsAPlainPrivateFileUnderItsKey) {
  ASSERT_TRUE(put("images/ann/1.webp", "pixels"));
  struct stat status{};
  ASSERT_EQ(::stat(blob("images/ann/1.webp").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600u);
  EXPECT_EQ(status.st_size, 6);
}

TEST_F(FilesystemBlobStoreTest, PutLeavesNoTempFile) {
  ASSERT_TRUE(put("k"));
  EXPECT_TRUE(std::filesystem::is_empty(root_ / "tmp"));
}

TEST_F(FilesystemBlobStoreTest, OpenedBytesHaveADescriptorForSendfile) {
  ASSERT_TRUE(put("k", "0123"));
  const auto opened = store_->open("k", Deadline::never());
  ASSERT_GE(opened->bytes->descriptor(), 0);
  std::array<char, 4> buffer{};
  EXPECT_EQ(::pread(opened->bytes->descriptor(), buffer.data(), buffer.size(), 0), 4);
  EXPECT_EQ(std::string_view(buffer.data(), buffer.size()), "0123");
}

TEST_F(FilesystemBlobStoreTest, BlobThatWasJustOpenedOpensAtOnce) {
  ASSERT_TRUE(put("a/b/1", "bytes"));
  ASSERT_TRUE(store_->open("a/b/1", Deadline::never()));
  const auto blob = store_->open_at_once("a/b/1");
  if (!blob) GTEST_SKIP() << "the kernel or the file system here has no RESOLVE_CACHED";
  EXPECT_EQ(blob->bytes->size(), 5u);
  EXPECT_EQ(blob->meta.content_type, "image/webp");
  EXPECT_GE(blob->bytes->descriptor(), 0);
}

TEST_F(FilesystemBlobStoreTest, ReopenedStoreHasTheBlobsWhereverTheirMetaIs) {
  const auto footers = open_store(root_, MetaPlace::Footer);
  ASSERT_TRUE(footers->put("footer", as_bytes("0123"), {"image/png"}, Deadline::never()));
  ASSERT_TRUE(put("attribute", "01"));
  const auto reopened = open_store(root_);
  EXPECT_EQ(reopened->open("footer", Deadline::never())->meta.content_type, "image/png");
  EXPECT_EQ(reopened->open("attribute", Deadline::never())->meta.content_type, "image/webp");
  EXPECT_THAT(keys(*reopened), testing::UnorderedElementsAre("footer:4", "attribute:2"));
}

TEST_F(FilesystemBlobStoreTest, MetaTooLargeForTheFileSystemGoesIntoAFooter) {
  const BlobMeta meta{"image/webp", "", {{"note", std::string(70'000, 'n')}}};  // XATTR_SIZE_MAX is 65,536
  ASSERT_TRUE(store_->put("k", as_bytes("body"), meta, Deadline::never()));
  EXPECT_EQ(store_->open("k", Deadline::never())->meta, meta);
  EXPECT_THAT(keys(*store_), ElementsAre("k:4"));
}

TEST_F(FilesystemBlobStoreTest, BlobThatLostItsMetaIsWholeAndHasTheDefaults) {
  ASSERT_TRUE(put("k", "0123"));
  if (::removexattr(blob("k").c_str(), "user.tintype.meta") != 0) GTEST_SKIP() << "no extended attributes here";
  const auto opened = store_->open("k", Deadline::never());
  EXPECT_EQ(opened->meta, BlobMeta{});
  EXPECT_EQ(opened->bytes->size(), 4u);
}

TEST_F(FilesystemBlobStoreTest, KeyBelowABlobIsValidationFailed) {
  ASSERT_TRUE(put("a/b"));
  EXPECT_EQ(put("a/b/c").error().code, ErrorCode::ValidationFailed);
  EXPECT_EQ(put("a/b/c/d").error().code, ErrorCode::ValidationFailed);
  EXPECT_THAT(keys(*store_), ElementsAre("a/b:4"));
  EXPECT_TRUE(std::filesystem::is_empty(root_ / "tmp"));
}

TEST_F(FilesystemBlobStoreTest, KeyAboveABlobIsValidationFailed) {
  ASSERT_TRUE(put("a/b/c"));
  EXPECT_EQ(put("a/b").error().code, ErrorCode::ValidationFailed);
  EXPECT_THAT(keys(*store_), ElementsAre("a/b/c:4"));
}

TEST_F(FilesystemBlobStoreTest, KeyBelowARemovedBlobCanBePut) {
  ASSERT_TRUE(put("a/b"));
  ASSERT_FALSE(put("a/b/c"));
  ASSERT_TRUE(store_->remove("a/b", Deadline::never()));
  EXPECT_TRUE(put("a/b/c"));
}

TEST_F(FilesystemBlobStoreTest, PutMakesAVanishedDirectoryAgain) {
  ASSERT_TRUE(put("a/b/1"));
  std::filesystem::remove_all(blob("a"));
  EXPECT_TRUE(put("a/b/2"));
  EXPECT_THAT(keys(*store_), ElementsAre("a/b/2:4"));
}

TEST_F(FilesystemBlobStoreTest, SymbolicLinkIsNotFollowed) {
  std::ofstream(directory_.path() / "secret") << "secret";
  ASSERT_EQ(::symlink((directory_.path() / "secret").c_str(), blob("link").c_str()), 0);
  std::filesystem::create_directory(directory_.path() / "outside");
  std::ofstream(directory_.path() / "outside/file") << "secret";
  ASSERT_EQ(::symlink((directory_.path() / "outside").c_str(), blob("linked").c_str()), 0);
  EXPECT_EQ(open_error("link"), ErrorCode::NotFound);
  EXPECT_FALSE(store_->open_at_once("link"));
  EXPECT_THAT(keys(*store_), IsEmpty());
}

TEST_F(FilesystemBlobStoreTest, FifoIsNotFoundAndDoesNotBlock) {
  ASSERT_EQ(::mkfifo(blob("fifo").c_str(), 0600), 0);
  EXPECT_EQ(open_error("fifo"), ErrorCode::NotFound);
  EXPECT_FALSE(store_->open_at_once("fifo"));
  EXPECT_THAT(keys(*store_), IsEmpty());
}

TEST_F(FilesystemBlobStoreTest, ListPassesOverNamesThatAreNoKeys) {
  std::filesystem::create_directory(blob("lost+found"));
  std::ofstream(blob("lost+found/a")) << "x";
  std::ofstream(blob("a b")) << "x";
  ASSERT_TRUE(put("k"));
  EXPECT_THAT(keys(*store_), ElementsAre("k:4"));
}

TEST_F(FilesystemBlobStoreTest, OpeningRemovesTempFilesOlderThanAnHour) {
  const auto old = leave_temp_file("put-old", std::chrono::minutes(61));
  open_store(root_);
  EXPECT_FALSE(std::filesystem::exists(old));
}

TEST_F(FilesystemBlobStoreTest, OpeningKeepsYoungTempFiles) {
  const auto young = leave_temp_file("put-young", std::chrono::minutes(59));
  open_store(root_);
  EXPECT_TRUE(std::filesystem::exists(young));
}

TEST_F(FilesystemBlobStoreTest, OpeningBelowAFileIsAnError) {
  std::ofstream(directory_.path() / "file") << "x";
  EXPECT_FALSE(FilesystemBlobStore::open(directory_.path() / "file"));
}

TEST_F(FilesystemBlobStoreTest, CheckFailsOnceTheRootIsDeleted) {
  std::filesystem::remove_all(root_);
  EXPECT_EQ(store_->check(Deadline::never()).error().code, ErrorCode::StoreUnavailable);
}

TEST_F(FilesystemBlobStoreTest, ErrorTellsThePathInTheDetailOnly) {
  ASSERT_TRUE(put("a/b"));
  const Error error = put("a/b/c").error();
  EXPECT_THAT(error.detail, testing::HasSubstr("a/b/c: Not a directory"));
  EXPECT_THAT(error.public_message, testing::Not(testing::HasSubstr("a/b/c")));
}

}  // namespace
}  // namespace tintype
