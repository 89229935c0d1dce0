#include "main/doctor/data_dir_checks.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>

#include "main/doctor/file_system_checks.h"
#include "tests/support/temp_directory.h"

namespace tintype {
namespace {

using std::filesystem::perms;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::uint64_t kMiB = 1ULL << 20;

class DataDirChecks : public testing::Test {
 protected:
  std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(directory_.path()), {}));
  }
  testing_support::TempDirectory directory_;  // mode 0700
};

TEST_F(DataDirChecks, MissingDirectoryIsNotMade) {
  const auto missing = directory_.path() / "data";
  const CheckOutcome outcome = check_directory(missing, {});
  EXPECT_EQ(outcome.state, CheckState::Failed);
  EXPECT_THAT(outcome.advice, HasSubstr("tintype init"));
  EXPECT_FALSE(std::filesystem::exists(missing));
}

TEST_F(DataDirChecks, FileInItsPlaceIsAFailure) {
  std::ofstream(directory_.path() / "data") << "x";
  EXPECT_THAT(check_directory(directory_.path() / "data", {}).detail, HasSubstr("is no directory"));
  EXPECT_EQ(check_directory(directory_.path() / "data" / "below", {}).state, CheckState::Failed);
}

TEST_F(DataDirChecks, DirectoryOfNoServiceIsAFailureAndStaysAsItIs) {
  EXPECT_EQ(check_directory(directory_.path(), {}).state, CheckState::Ok);
  const CheckOutcome outcome = check_directory(directory_.path(), {"tintype.db", "blobs"});
  EXPECT_EQ(outcome.state, CheckState::Failed);
  EXPECT_THAT(outcome.detail, HasSubstr("tintype.db"));
  EXPECT_EQ(entries(), 0U);
}

TEST_F(DataDirChecks, DirectoryThatOthersCanReadIsAWarning) {
  std::filesystem::permissions(directory_.path(), perms::owner_all | perms::others_read | perms::others_exec);
  const CheckOutcome outcome = check_directory(directory_.path(), {});
  EXPECT_EQ(outcome.state, CheckState::Warning);
  EXPECT_THAT(outcome.advice, StartsWith("chmod 700"));
}

TEST_F(DataDirChecks, RootIsToldToRunItAsTheUserOfTheService) {
  EXPECT_FALSE(judge_user("/data", 0, 0));
  EXPECT_FALSE(judge_user("/data", 1000, 1001)) << "permissions decide";
  const auto outcome = judge_user("/data", 0, 4242);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->state, CheckState::Failed);
  EXPECT_THAT(outcome->advice, HasSubstr("sudo -u #4242"));
}

TEST(JudgeSpace, RoomForAnUploadIsNeededAndMoreIsGood) {
  EXPECT_EQ(judge_space(5000 * kMiB, 9000 * kMiB, 25 * kMiB).state, CheckState::Ok);
  EXPECT_EQ(judge_space(500 * kMiB, 9000 * kMiB, 25 * kMiB).state, CheckState::Warning);
  const CheckOutcome full = judge_space(40 * kMiB, 9000 * kMiB, 25 * kMiB);
  EXPECT_EQ(full.state, CheckState::Failed);
  EXPECT_EQ(full.detail, "40 MiB of 8.79 GiB free");
}

TEST(JudgeKind, KindOfFileSystemIsNamedAndJudged) {
  EXPECT_EQ(judge_kind(0xef53, true, "all").detail, "ext4, all");
  EXPECT_EQ(judge_kind(0xef53, true, "all").state, CheckState::Ok);
  EXPECT_EQ(judge_kind(0x1234, true, "all").detail, "type 0x1234, all");
  EXPECT_EQ(judge_kind(0x01021994, true, "all").state, CheckState::Warning);
  EXPECT_EQ(judge_kind(0x794c7630, true, "all").state, CheckState::Warning);
  EXPECT_EQ(judge_kind(0x65735546, true, "all").state, CheckState::Warning);
  EXPECT_EQ(judge_kind(0x6969, true, "all").state, CheckState::Failed);
  EXPECT_EQ(judge_kind(0x6969, false, "all").state, CheckState::Warning);
}

TEST_F(DataDirChecks, TriesLeaveNothingBehind) {
  EXPECT_NE(check_file_system(directory_.path(), true).state, CheckState::Failed);
  EXPECT_NE(check_sync(directory_.path()).state, CheckState::Failed);
  EXPECT_EQ(entries(), 0U);
}

TEST_F(DataDirChecks, TriesInWhatIsNotThereFail) {
  EXPECT_EQ(check_file_system(directory_.path() / "none", true).state, CheckState::Failed);
  EXPECT_EQ(check_sync(directory_.path() / "none").state, CheckState::Failed);
}

}  // namespace
}  // namespace tintype
