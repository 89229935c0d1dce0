// The command line.
#include <gmock/gmock.h>

#include <fstream>

#include "tests/integration/program_run.h"
#include "tests/integration/shared_server.h"

namespace tintype {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

ProgramRun run(std::vector<std::string> arguments, const std::map<std::string, std::string>& environment = {}) {
  arguments.insert(arguments.begin(), program());
  return run_program(arguments, environment);
}

TEST(Program, VersionIsPrinted) {
  const ProgramRun ran = run({"--version"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_THAT(ran.output, StartsWith("tintype 0."));
}

TEST(Program, HelpListsTheCommands) {
  const ProgramRun ran = run({"--help"});
  EXPECT_EQ(ran.code, 0);
  for (const char* command :
       {"serve", "token", "config", "quarantine", "init", "sweep", "verify", "migrate", "doctor"}) {
    EXPECT_THAT(ran.output, HasSubstr(command));
  }
}

TEST(Program, UnknownSettingNamesTheNearestKnownOne) {
  const ProgramRun ran = run({"config"}, {{"TINTYPE_MAX_PIXEL", "5"}});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.error, HasSubstr("TINTYPE_MAX_PIXEL"));
  EXPECT_THAT(ran.error, HasSubstr("did you mean TINTYPE_MAX_PIXELS"));
}

TEST(Program, UnknownFlagNamesTheNearestKnownOneAndAStrayWordIsRefused) {
  const ProgramRun flag = run({"config", "--image-qualty", "80"});
  EXPECT_EQ(flag.code, 1);
  EXPECT_THAT(flag.error, HasSubstr("did you mean --image-quality"));
  EXPECT_EQ(run({"config", "--max-pixel=5"}).code, 1);
  EXPECT_EQ(run({"serve", "now"}).code, 1);
  EXPECT_EQ(run({"sevre"}).code, 1);
}

TEST(Program, ConfigPrintsEffectiveSettingsByStrength) {
  TempDirectory directory;
  const std::string file = (directory.path() / "tintype.conf").string();
  std::ofstream(file) << "image-quality = 70\nimage-effort = 1\nmax-pixels = 1000\n";
  const ProgramRun ran =
      run({"config", "--config", file, "--max-pixels", "3000"},
          {{"TINTYPE_IMAGE_EFFORT", "3"}, {"TINTYPE_MAX_PIXELS", "2000"}, {"TINTYPE_JWT_SECRET", "do-not-show-me"}});
  EXPECT_EQ(ran.code, 0) << ran.error;
  EXPECT_THAT(ran.output, HasSubstr("image-quality = 70"));
  EXPECT_THAT(ran.output, HasSubstr("image-effort = 3"));
  EXPECT_THAT(ran.output, HasSubstr("max-pixels = 3000"));
  EXPECT_EQ(ran.output.find("do-not-show-me"), std::string::npos);
}

TEST(Program, ValueOutOfBoundsIsRefusedWithTheBounds) {
  const ProgramRun ran = run({"serve", "--image-quality", "101"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.error, HasSubstr("image-quality"));
  EXPECT_THAT(ran.error, HasSubstr("100"));
}

TEST(Program, TokenSpeaksForItsUser) {
  TempDirectory directory;
  ServerProcess server({.data_dir = directory.path() / "data"});
  const ProgramRun ran =
      run({"token", "--user", "carol", "--ttl", "60"}, {{"TINTYPE_JWT_SECRET", ServerProcess::kSecret}});
  ASSERT_EQ(ran.code, 0) << ran.error;
  const ApiClient api(server.url(), ran.output.substr(0, ran.output.find('\n')));
  EXPECT_EQ(json_text(api.upload(as_file(make_jpeg({}))).body, "userId"), "carol");
}

TEST(Program, TokenForNobodyIsRefused) {
  EXPECT_EQ(run({"token", "--user", ""}).code, 1);
  EXPECT_NE(run({"token"}).code, 0);
}

TEST(Program, InitMakesTheDataDirectoryAndMayBeDoneAgain) {
  const TempDirectory directory;
  const std::string data = (directory.path() / "data").string();
  for (int i = 0; i < 2; ++i) {
    const ProgramRun ran = run({"init", "--data-dir", data});
    EXPECT_EQ(ran.code, 0) << ran.error;
    EXPECT_TRUE(std::filesystem::exists(data + "/tintype.db"));
  }
}

TEST(Program, BlobsInS3SayWhatTheyLack) {
  const TempDirectory directory;
  const std::vector<std::string> init = {"init", "--data-dir", directory.path().string(), "--blobs", "s3"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), init.begin(), init.end());
    return more;
  };
  const std::map<std::string, std::string> no_keys_here = {
      {"AWS_SHARED_CREDENTIALS_FILE", "/none"}, {"AWS_CONFIG_FILE", "/none"}, {"AWS_EC2_METADATA_DISABLED", "true"}};
  const ProgramRun no_bucket = run(init, no_keys_here);
  EXPECT_EQ(no_bucket.code, 1);
  EXPECT_THAT(no_bucket.error, HasSubstr("TINTYPE_S3_BUCKET"));
  EXPECT_THAT(run(with({"--s3-bucket", "b"}), no_keys_here).error, HasSubstr("AWS_REGION"));
  const ProgramRun no_keys = run(with({"--s3-bucket", "b", "--s3-endpoint", "http://127.0.0.1:1"}), no_keys_here);
  EXPECT_EQ(no_keys.code, 1);
  EXPECT_THAT(no_keys.error, HasSubstr("no AWS credentials found"));
}

}  // namespace
}  // namespace tintype
