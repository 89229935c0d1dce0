// `tintype migrate` where there is nothing to do it with. The rest is in migrate_command.cpp.
#include <gmock/gmock.h>

#include "tests/integration/program_run.h"
#include "tests/support/temp_directory.h"

namespace tintype {
namespace {

using namespace testing_support;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

class MigrateArguments : public testing::Test {
 protected:
  ProgramRun run(std::vector<std::string> words) const {
    words.insert(words.begin(), program());
    words.insert(words.end(), {"--data-dir", data_dir_.string()});
    return run_program(words, {{"TINTYPE_BLOBS", "filesystem"}, {"TINTYPE_METADATA", "sqlite"}});
  }

  TempDirectory directory_;
  const std::filesystem::path data_dir_ = directory_.path() / "data";
};

TEST_F(MigrateArguments, SameStoresAreRefused) {
  for (const char* stores : {"embedded", "scale"}) {
    const ProgramRun ran = run({"migrate", "--from", stores, "--to", stores});
    EXPECT_EQ(ran.code, 1);
    EXPECT_THAT(ran.error, AllOf(HasSubstr("--from"), HasSubstr("--to")));
    EXPECT_FALSE(std::filesystem::exists(data_dir_));
  }
}

TEST_F(MigrateArguments, BothEndsMustBeNamed) {
  EXPECT_THAT(run({"migrate", "--from", "embedded"}).error, HasSubstr("--to"));
  EXPECT_THAT(run({"migrate", "--to", "scale"}).error, HasSubstr("--from"));
  const ProgramRun ran = run({"migrate", "--from", "embedded", "--to", "s3"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.error, AllOf(HasSubstr("--to"), HasSubstr("scale"), HasSubstr("s3")));
}

TEST_F(MigrateArguments, DirectoryWithoutAServiceIsAnErrorAndStaysAsItIs) {
  const ProgramRun ran = run({"migrate", "--from", "embedded", "--to", "scale"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.error, AllOf(HasSubstr(data_dir_.string()), HasSubstr("--data-dir")));
  EXPECT_FALSE(std::filesystem::exists(data_dir_));
}

TEST_F(MigrateArguments, SettingsThatNameNoOtherStoresAreAnError) {
  ASSERT_EQ(run({"init"}).code, 0);
  const ProgramRun ran = run({"migrate", "--from", "embedded", "--to", "scale", "--blobs", "s3"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.error, AllOf(HasSubstr("blobs=s3"), HasSubstr("metadata=dynamodb")));
  EXPECT_THAT(ran.output, IsEmpty());
}

}  // namespace
}  // namespace tintype
