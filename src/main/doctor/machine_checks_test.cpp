#include "main/doctor/machine_checks.h"

#include <gmock/gmock.h>

#include <fstream>

#include "main/doctor/amounts.h"
#include "tests/support/temp_directory.h"

namespace tintype {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing_support::TempDirectory;

constexpr std::uint64_t kGiB = 1ULL << 30;

TEST(Amounts, AreReadable) {
  EXPECT_EQ(bytes_text(0), "0 bytes");
  EXPECT_EQ(bytes_text(1023), "1023 bytes");
  EXPECT_EQ(bytes_text(1536), "1.5 KiB");
  EXPECT_EQ(bytes_text(25 << 20), "25 MiB");
  EXPECT_EQ(bytes_text(300 * kGiB), "300 GiB");
}

TEST(MachineChecks, DescriptorsMustDoForEveryConnectionAndTheRest) {
  EXPECT_EQ(judge_descriptors(20'000, 10'000).state, CheckState::Ok);
  EXPECT_EQ(judge_descriptors(10'256, 10'000).state, CheckState::Ok);
  const CheckOutcome few = judge_descriptors(4'096, 10'000);
  EXPECT_EQ(few.state, CheckState::Warning);
  EXPECT_THAT(few.advice, AllOf(HasSubstr("10256"), HasSubstr("max-connections to 3840")));
  EXPECT_THAT(judge_descriptors(100, 10'000).advice, HasSubstr("max-connections to 100"));
}

TEST(MachineChecks, BudgetMustFitTheMachineAndItsControlGroup) {
  EXPECT_EQ(judge_memory(kGiB, 8 * kGiB, std::nullopt).state, CheckState::Ok);
  EXPECT_EQ(judge_memory(kGiB, 8 * kGiB, 2 * kGiB).state, CheckState::Ok);
  EXPECT_EQ(judge_memory(kGiB, kGiB + kGiB / 8, std::nullopt).state, CheckState::Warning);
  const CheckOutcome contained = judge_memory(kGiB, 8 * kGiB, kGiB / 2);
  EXPECT_EQ(contained.state, CheckState::Failed);
  EXPECT_THAT(contained.detail, HasSubstr("1 GiB of 512 MiB (limit of the control group)"));
  EXPECT_THAT(contained.advice, HasSubstr("memory-budget to 256 MiB"));
}

class ControlGroups : public testing::Test {
 protected:
  std::optional<std::uint64_t> limit(const std::string& groups) {
    write("groups", groups);
    return cgroup_memory_limit(directory_.path() / "groups", directory_.path() / "fs");
  }
  void write(const std::string& path, const std::string& text) {
    const auto file = directory_.path() / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text << '\n';
  }
  TempDirectory directory_;
};

TEST_F(ControlGroups, LeastLimitOfTheGroupAndThoseAboveItCounts) {
  write("fs/a.slice/memory.max", "2147483648");
  write("fs/a.slice/b.service/memory.max", "max");
  EXPECT_EQ(limit("0::/a.slice/b.service"), 2 * kGiB);
  write("fs/a.slice/b.service/memory.max", "1073741824");
  EXPECT_EQ(limit("0::/a.slice/b.service"), kGiB);
}

TEST_F(ControlGroups, RootOfAContainerHasItsOwn) {
  write("fs/memory.max", "536870912");
  EXPECT_EQ(limit("0::/"), kGiB / 2);
}

TEST_F(ControlGroups, VersionOneIsRead) {
  write("fs/memory/docker/1/memory.limit_in_bytes", "1073741824");
  write("fs/memory/memory.limit_in_bytes", "9223372036854771712");
  EXPECT_EQ(limit("3:cpu,cpuacct:/x\n9:hugetlb,memory:/docker/1"), kGiB);
}

TEST_F(ControlGroups, NoLimitIsNone) {
  write("fs/a/memory.max", "max");
  write("fs/memory/memory.limit_in_bytes", "9223372036854771712");
  EXPECT_EQ(limit("0::/a\n9:memory:/"), std::nullopt);
  EXPECT_EQ(limit("nonsense"), std::nullopt);
  EXPECT_EQ(cgroup_memory_limit("/no/such/file", directory_.path()), std::nullopt);
}

TEST(MachineChecks, RunHere) {
  config::Settings settings;
  settings.max_connections = 1;
  settings.memory_budget = 1;
  for (const Check& check : machine_checks(settings).checks) {
    EXPECT_EQ(check.run(Deadline::never()).state, CheckState::Ok) << check.name;
  }
}

}  // namespace
}  // namespace tintype
