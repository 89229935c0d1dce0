// What the person who made the mistake gets to read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "config/settings.h"
#include "tests/support/temp_directory.h"

namespace tintype::config {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using testing_support::TempDirectory;

std::string message_of(const Inputs& inputs) {
  const auto loaded = load(inputs);
  if (loaded) return "no error";
  EXPECT_EQ(loaded.error().code, ErrorCode::ValidationFailed);
  EXPECT_EQ(loaded.error().detail, "");
  return loaded.error().public_message;
}

std::string message_of_flag(const std::string& name, const std::string& value) {
  return message_of({.flags = {{name, value}}});
}

std::string message_of_variable(const std::string& variable) {
  return message_of({.environment = {variable}});
}

// The path of the file that was written is replaced by FILE.
std::string message_of_file(const std::string& text) {
  const TempDirectory directory;
  const std::string path = (directory.path() / "tintype.conf").string();
  std::ofstream(path, std::ios::binary) << text;
  std::string message = message_of({.file = path});
  if (const auto at = message.find(path); at != std::string::npos) message.replace(at, path.size(), "FILE");
  return message;
}

TEST(SettingsErrors, UnknownVariableNamesTheNearest) {
  EXPECT_EQ(message_of_variable("TINTYPE_MAX_PIXEL=1"),
            "unknown setting TINTYPE_MAX_PIXEL; did you mean TINTYPE_MAX_PIXELS?");
}

TEST(SettingsErrors, UnknownFlagNamesTheNearest) {
  EXPECT_EQ(message_of_flag("image-qualty", "1"), "unknown setting --image-qualty; did you mean --image-quality?");
}

TEST(SettingsErrors, UnknownNameInAFileNamesTheNearestAndTheLine) {
  EXPECT_EQ(message_of_file("\nmax_pixels = 1\n"),
            "unknown setting max_pixels in line 2 of FILE; did you mean max-pixels?");
}

TEST(SettingsErrors, UnknownSecretFileNamesTheNearest) {
  EXPECT_EQ(message_of_variable("TINTYPE_JWT_SECRETFILE=x"),
            "unknown setting TINTYPE_JWT_SECRETFILE; did you mean TINTYPE_JWT_SECRET_FILE?");
}

TEST(SettingsErrors, OnlySecretsHaveAFileVariant) {
  EXPECT_THAT(message_of_variable("TINTYPE_LISTEN_FILE=x"), StartsWith("unknown setting TINTYPE_LISTEN_FILE;"));
}

TEST(SettingsErrors, VariablesAreMatchedAsTheyAreWritten) {
  EXPECT_EQ(message_of_variable("TINTYPE_max-pixels=1"),
            "unknown setting TINTYPE_max-pixels; did you mean TINTYPE_MAX_PIXELS?");
}

TEST(SettingsErrors, MisspelledConfigIsFound) {
  EXPECT_EQ(message_of_variable("TINTYPE_CONFG=x"), "unknown setting TINTYPE_CONFG; did you mean TINTYPE_CONFIG?");
  EXPECT_EQ(message_of_flag("confg", "x"), "unknown setting --confg; did you mean --config?");
}

TEST(SettingsErrors, ConfigCannotStandInAFile) {
  EXPECT_THAT(message_of_file("config = other.conf\n"), StartsWith("unknown setting config in line 1 of FILE"));
}

TEST(SettingsErrors, SizeNamesTheVariableTheValueAndTheBounds) {
  EXPECT_EQ(message_of_variable("TINTYPE_MAX_UPLOAD_BYTES=2GiB"),
            "TINTYPE_MAX_UPLOAD_BYTES: \"2GiB\" is not a size from 1KiB to 1GiB, in bytes or with KiB, MiB or GiB");
}

TEST(SettingsErrors, DurationNamesTheFlagTheValueAndTheBounds) {
  EXPECT_EQ(message_of_flag("idle-timeout", "60"),
            "--idle-timeout: \"60\" is not a duration from 10ms to 1h, with ms, s, m or h");
}

TEST(SettingsErrors, IntegerNamesTheLineTheValueAndTheUnit) {
  EXPECT_EQ(message_of_file("log-level = warn\nmax-pixels = many # or so\n"),
            "max-pixels in line 2 of FILE: \"many\" is not a whole number from 1 to 1000000000 pixels");
}

TEST(SettingsErrors, ChoiceNamesTheWords) {
  EXPECT_EQ(message_of_flag("blob-access", "Public"), "--blob-access: \"Public\" is not one of public | owner");
}

TEST(SettingsErrors, ListenNamesAnExample) {
  EXPECT_EQ(message_of_flag("listen", "8080"),
            "--listen: \"8080\" is not an address and port such as 127.0.0.1:8080 or [::]:8080");
}

TEST(SettingsErrors, LongAndUnprintableValuesAreShortened) {
  const std::string message = message_of_flag("listen", "\x1b[2J" + std::string(500, 'x'));
  EXPECT_THAT(message, AllOf(HasSubstr("\"?[2Jxxx"), HasSubstr("x…\" is not")));
  EXPECT_LT(message.size(), 200u);
}

TEST(SettingsErrors, MissingSettingsFileIsNamed) {
  EXPECT_EQ(message_of({.file = "/no/such.conf"}),
            "cannot read the settings file /no/such.conf: No such file or directory");
  EXPECT_THAT(message_of_variable("TINTYPE_CONFIG=/no/such.conf"), HasSubstr("/no/such.conf"));
}

TEST(SettingsErrors, DirectoryAsSettingsFileIsAnError) {
  EXPECT_THAT(message_of({.file = "/"}), EndsWith("Is a directory"));
}

TEST(SettingsErrors, EndlessSettingsFileIsAnError) {
  EXPECT_THAT(message_of({.file = "/dev/zero"}), EndsWith("larger than 1 MiB"));
}

TEST(SettingsErrors, SyntaxErrorNamesTheFileAndTheLine) {
  EXPECT_EQ(message_of_file("listen = a:1\nnonsense\n"), "FILE, line 2: expected name = value");
}

TEST(SettingsErrors, SecretAndItsFileAreBothNamed) {
  EXPECT_EQ(message_of({.environment = {"TINTYPE_JWT_SECRET=hunter2", "TINTYPE_JWT_SECRET_FILE=/x"}}),
            "TINTYPE_JWT_SECRET and TINTYPE_JWT_SECRET_FILE are both set; keep one of them");
  EXPECT_EQ(message_of_file("jwt-secret = hunter2\njwt-secret-file = /x\n"),
            "jwt-secret and jwt-secret-file are both set in line 2 of FILE; keep one of them");
}

TEST(SettingsErrors, EmptySecretFileIsAnError) {
  EXPECT_EQ(message_of_variable("TINTYPE_JWT_SECRET_FILE=/dev/null"),
            "TINTYPE_JWT_SECRET_FILE: the file it names is empty");
}

TEST(SettingsErrors, UnreadableSecretFileNamesTheSettingAndTheReason) {
  EXPECT_EQ(message_of_variable("TINTYPE_JWT_SECRET_FILE=/no/such/secret"),
            "TINTYPE_JWT_SECRET_FILE: cannot read the file it names: No such file or directory");
}

// A wrong guess at the meaning of `_FILE` must not put the secret into the log.
TEST(SettingsErrors, SecretInPlaceOfItsPathIsNotRepeated) {
  EXPECT_THAT(message_of_variable("TINTYPE_JWT_SECRET_FILE=hunter2"), Not(HasSubstr("hunter2")));
}

TEST(SettingsErrors, ValueOfAnUnknownNameIsNotRepeated) {
  EXPECT_THAT(message_of_variable("TINTYPE_JWT_SECRT=hunter2"), Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace tintype::config
