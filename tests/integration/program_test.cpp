// The command line.
#include <gmock/gmock.h>

#include <fstream>

#include "tests/integration/shared_server.h"

namespace tintype {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

struct Ran {
  int code = -1;
  std::string output;
  std::string error;
};

Ran run(std::vector<std::string> arguments, const std::map<std::string, std::string>& environment = {}) {
  arguments.insert(arguments.begin(), program());
  Ran ran;
  std::string output;
  ChildProcess process(arguments, environment);
  const auto ended = process.wait(20s);
  if (ended) ran.code = ended->code;
  // The pipes may still hold the last words of a process that has ended.
  const Deadline deadline = Deadline::after(2s);
  while (process.standard_output().empty() && process.standard_error().empty() && !deadline.expired())
    std::this_thread::sleep_for(5ms);
  ran.output = process.standard_output();
  ran.error = process.standard_error();
  return ran;
}

TEST(Program, VersionIsPrinted) {
  const Ran ran = run({"--version"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_THAT(ran.output, StartsWith("tintype 0."));
}

TEST(Program, HelpListsTheCommands) {
  const Ran ran = run({"--help"});
  EXPECT_EQ(ran.code, 0);
  for (const char* command : {"serve", "token", "config", "quarantine"}) EXPECT_THAT(ran.output, HasSubstr(command));
}

TEST(Program, UnknownSettingNamesTheNearestKnownOne) {
  const Ran ran = run({"config"}, {{"TINTYPE_MAX_PIXEL", "5"}});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.error, HasSubstr("TINTYPE_MAX_PIXEL"));
  EXPECT_THAT(ran.error, HasSubstr("did you mean TINTYPE_MAX_PIXELS"));
}

TEST(Program, UnknownFlagNamesTheNearestKnownOneAndAStrayWordIsRefused) {
  const Ran flag = run({"config", "--image-qualty", "80"});
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
  const Ran ran =
      run({"config", "--config", file, "--max-pixels", "3000"},
          {{"TINTYPE_IMAGE_EFFORT", "3"}, {"TINTYPE_MAX_PIXELS", "2000"}, {"TINTYPE_JWT_SECRET", "do-not-show-me"}});
  EXPECT_EQ(ran.code, 0) << ran.error;
  EXPECT_THAT(ran.output, HasSubstr("image-quality = 70"));
  EXPECT_THAT(ran.output, HasSubstr("image-effort = 3"));
  EXPECT_THAT(ran.output, HasSubstr("max-pixels = 3000"));
  EXPECT_EQ(ran.output.find("do-not-show-me"), std::string::npos);
}

TEST(Program, ValueOutOfBoundsIsRefusedWithTheBounds) {
  const Ran ran = run({"serve", "--image-quality", "101"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.error, HasSubstr("image-quality"));
  EXPECT_THAT(ran.error, HasSubstr("100"));
}

TEST(Program, TokenSpeaksForItsUser) {
  TempDirectory directory;
  ServerProcess server({.data_dir = directory.path() / "data"});
  const Ran ran = run({"token", "--user", "carol", "--ttl", "60"}, {{"TINTYPE_JWT_SECRET", ServerProcess::kSecret}});
  ASSERT_EQ(ran.code, 0) << ran.error;
  const ApiClient api(server.url(), ran.output.substr(0, ran.output.find('\n')));
  EXPECT_EQ(json_text(api.upload(as_file(make_jpeg({}))).body, "userId"), "carol");
}

TEST(Program, TokenForNobodyIsRefused) {
  EXPECT_EQ(run({"token", "--user", ""}).code, 1);
  EXPECT_NE(run({"token"}).code, 0);
}

}  // namespace
}  // namespace tintype
