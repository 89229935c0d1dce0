#include "adapters/engine_worker/protocol/sealed_memory.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/mman.h>

#include <cerrno>
#include <fstream>

#include "base/spool_file.h"
#include "base/text.h"
#include "tests/support/temp_directory.h"

namespace tintype::worker_protocol {
namespace {

using testing_support::TempDirectory;

constexpr std::string_view kText = "a picture";

UniqueFd sealed(std::string_view text = kText) {
  return sealed_copy(as_bytes(text), "test");
}
// A memfd with kText and only those seals.
UniqueFd memory_with_seals(int seals) {
  UniqueFd memory(::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  EXPECT_EQ(::write(memory.get(), kText.data(), kText.size()), static_cast<ssize_t>(kText.size()));
  EXPECT_EQ(::fcntl(memory.get(), F_ADD_SEALS, seals), 0);
  return memory;
}
UniqueFd file_with(const std::filesystem::path& path, std::string_view text) {
  std::ofstream(path) << text;
  return UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

TEST(SealedCopy, ReadsBack) {
  const auto bytes = read_sealed(sealed().get(), kText.size());
  ASSERT_TRUE(bytes);
  EXPECT_EQ(as_text(*bytes), kText);
}

TEST(SealedCopy, OfManyPagesReadsBack) {
  const std::string text(3'000'001, 'x');
  const auto bytes = read_sealed(sealed(text).get(), text.size());
  ASSERT_TRUE(bytes);
  EXPECT_EQ(as_text(*bytes), text);
}

TEST(SealedCopy, OfNothingReadsBack) {
  const auto bytes = read_sealed(sealed("").get(), 0);
  ASSERT_TRUE(bytes);
  EXPECT_TRUE(bytes->empty());
}

TEST(SealedCopy, ReadsBackTwice) {
  const UniqueFd memory = sealed();
  ASSERT_TRUE(read_sealed(memory.get(), kText.size()));
  EXPECT_TRUE(read_sealed(memory.get(), kText.size()));
}

TEST(SealedCopy, CannotBeWritten) {
  const UniqueFd memory = sealed();
  EXPECT_EQ(::pwrite(memory.get(), "x", 1, 0), -1);
  EXPECT_EQ(errno, EPERM);
}

TEST(SealedCopy, CannotBeMappedForWriting) {
  const UniqueFd memory = sealed();
  EXPECT_EQ(::mmap(nullptr, kText.size(), PROT_READ | PROT_WRITE, MAP_SHARED, memory.get(), 0), MAP_FAILED);
}

TEST(SealedCopy, CannotBeTruncated) {
  const UniqueFd memory = sealed();
  EXPECT_EQ(::ftruncate(memory.get(), 0), -1);
  EXPECT_EQ(errno, EPERM);
}

TEST(SealedCopy, CannotGrow) {
  const UniqueFd memory = sealed();
  EXPECT_EQ(::ftruncate(memory.get(), 100), -1);
  EXPECT_EQ(errno, EPERM);
}

TEST(ReadSealed, UnsealedMemoryIsRefused) {
  EXPECT_FALSE(read_sealed(memory_with_seals(0).get(), kText.size()));
}

TEST(ReadSealed, MemoryWithASealMissingIsRefused) {
  for (const int missing : {F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE, F_SEAL_SEAL}) {
    const int all = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
    EXPECT_FALSE(read_sealed(memory_with_seals(all & ~missing).get(), kText.size())) << "without " << missing;
  }
}

TEST(ReadSealed, WrongSizeIsRefused) {
  const UniqueFd memory = sealed();
  EXPECT_FALSE(read_sealed(memory.get(), kText.size() - 1));
  EXPECT_FALSE(read_sealed(memory.get(), kText.size() + 1));
  EXPECT_FALSE(read_sealed(memory.get(), 0));
  EXPECT_FALSE(read_sealed(memory.get(), ~std::uint64_t{0}));
}

TEST(ReadSealed, PipeIsRefused) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const UniqueFd reader(ends[0]);
  const UniqueFd writer(ends[1]);
  EXPECT_FALSE(read_sealed(reader.get(), 0));
}

TEST(ReadSealed, OrdinaryFileIsRefused) {
  const TempDirectory directory;
  const UniqueFd file = file_with(directory.path() / "file", kText);
  EXPECT_FALSE(read_sealed(file.get(), kText.size()));
}

TEST(ReadSealed, NoDescriptorIsRefused) {
  EXPECT_FALSE(read_sealed(-1, 0));
}

TEST(FileMapping, ShowsASpoolFile) {
  const TempDirectory directory;
  auto spool = SpoolFile::create(directory.path()).value();
  ASSERT_TRUE(spool.append(as_bytes(kText)));
  const auto mapping = FileMapping::of(spool.read_only_descriptor(), kText.size());
  ASSERT_TRUE(mapping);
  EXPECT_EQ(as_text(mapping->bytes()), kText);
}

TEST(FileMapping, ShowsSealedMemory) {
  const auto mapping = FileMapping::of(sealed().get(), kText.size());
  ASSERT_TRUE(mapping);
  EXPECT_EQ(as_text(mapping->bytes()), kText);
}

TEST(FileMapping, MovedStillShowsTheFile) {
  auto mapping = FileMapping::of(sealed().get(), kText.size());
  ASSERT_TRUE(mapping);
  const FileMapping moved(std::move(*mapping));
  EXPECT_EQ(as_text(moved.bytes()), kText);
}

TEST(FileMapping, WrongSizeIsRefused) {
  const UniqueFd memory = sealed();
  EXPECT_FALSE(FileMapping::of(memory.get(), kText.size() - 1));
  EXPECT_FALSE(FileMapping::of(memory.get(), kText.size() + 1));
}

TEST(FileMapping, EmptyFileShowsNothing) {
  const auto mapping = FileMapping::of(sealed("").get(), 0);
  ASSERT_TRUE(mapping);
  EXPECT_TRUE(mapping->bytes().empty());
}

TEST(FileMapping, EmptyFileOfAnotherSizeIsRefused) {
  EXPECT_FALSE(FileMapping::of(sealed("").get(), 1));
}

TEST(FileMapping, NoDescriptorIsRefused) {
  EXPECT_FALSE(FileMapping::of(-1, 0));
}

}  // namespace
}  // namespace tintype::worker_protocol
