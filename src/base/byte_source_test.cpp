#include "base/byte_source.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/text.h"
#include "tests/support/temp_directory.h"

namespace tintype {
namespace {

using Make = std::unique_ptr<ByteSource> (*)(std::string_view, const std::filesystem::path&);

std::unique_ptr<ByteSource> make_file(std::string_view bytes, const std::filesystem::path& directory) {
  std::ofstream(directory / "file", std::ios::binary) << bytes;
  return std::make_unique<FileSource>(UniqueFd(::open((directory / "file").c_str(), O_RDONLY | O_CLOEXEC)),
                                      bytes.size());
}

std::unique_ptr<ByteSource> make_memory(std::string_view bytes, const std::filesystem::path&) {
  return std::make_unique<MemorySource>(std::vector<std::byte>(as_bytes(bytes).begin(), as_bytes(bytes).end()));
}

class ByteSourceTest : public testing::TestWithParam<Make> {
 protected:
  std::unique_ptr<ByteSource> make(std::string_view bytes) { return GetParam()(bytes, directory_.path()); }
  testing_support::TempDirectory directory_;
};

TEST_P(ByteSourceTest, ReadsAtAnyOffset) {
  const auto source = make("0123456789");
  std::array<std::byte, 4> buffer{};
  EXPECT_EQ(source->size(), 10u);
  EXPECT_EQ(source->read_at(5, buffer, Deadline::never()).value(), 4u);
  EXPECT_EQ(as_text(buffer), "5678");
  EXPECT_EQ(source->read_at(0, buffer, Deadline::never()).value(), 4u);
  EXPECT_EQ(as_text(buffer), "0123");
}

TEST_P(ByteSourceTest, ReadsWhatIsLeftAndNothingAtTheEnd) {
  const auto source = make("0123456789");
  std::array<std::byte, 4> buffer{};
  EXPECT_EQ(source->read_at(8, buffer, Deadline::never()).value(), 2u);
  EXPECT_EQ(source->read_at(10, buffer, Deadline::never()).value(), 0u);
  EXPECT_EQ(source->read_at(~0ULL, buffer, Deadline::never()).value(), 0u);
}

TEST_P(ByteSourceTest, ReadIntoNoRoomReadsNothing) {
  EXPECT_EQ(make("0123")->read_at(1, {}, Deadline::never()).value(), 0u);
}

TEST_P(ByteSourceTest, PassedDeadlineIsDeadlineExceeded) {
  std::array<std::byte, 4> buffer{};
  const auto read = make("0123")->read_at(0, buffer, Deadline::after(std::chrono::seconds(-1)));
  EXPECT_EQ(read.error().code, ErrorCode::DeadlineExceeded);
}

TEST_P(ByteSourceTest, ReadAllGivesEverything) {
  EXPECT_EQ(as_text(*read_all(*make("0123"), Deadline::never())), "0123");
  EXPECT_TRUE(read_all(*make(""), Deadline::never())->empty());
}

INSTANTIATE_TEST_SUITE_P(Sources, ByteSourceTest, testing::Values(make_file, make_memory),
                         [](const auto& param) { return param.index == 0 ? "File" : "Memory"; });

TEST(FileSource, NeverReadsPastItsSizeThoughTheFileIsLonger) {
  const testing_support::TempDirectory directory;
  std::ofstream(directory.path() / "file") << "0123456789";
  FileSource source(UniqueFd(::open((directory.path() / "file").c_str(), O_RDONLY | O_CLOEXEC)), 4);
  std::array<std::byte, 8> buffer{};
  EXPECT_EQ(source.read_at(2, buffer, Deadline::never()).value(), 2u);
  EXPECT_EQ(as_text(*read_all(source, Deadline::never())), "0123");
}

TEST(FileSource, FileShorterThanRecordedIsStoreUnavailable) {
  const testing_support::TempDirectory directory;
  std::ofstream(directory.path() / "file") << "01";
  FileSource source(UniqueFd(::open((directory.path() / "file").c_str(), O_RDONLY | O_CLOEXEC)), 4);
  EXPECT_EQ(read_all(source, Deadline::never()).error().code, ErrorCode::StoreUnavailable);
}

TEST(FileSource, ReadErrorIsStoreUnavailable) {
  FileSource source(UniqueFd(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)), 4);
  EXPECT_EQ(read_all(source, Deadline::never()).error().code, ErrorCode::StoreUnavailable);
}

TEST(FileSource, TellsItsDescriptor) {
  EXPECT_GE(FileSource(UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC)), 0).descriptor(), 0);
  EXPECT_EQ(MemorySource({}).descriptor(), -1);
}

}  // namespace
}  // namespace tintype
