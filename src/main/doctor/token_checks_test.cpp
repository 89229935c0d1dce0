#include "main/doctor/token_checks.h"

#include <gmock/gmock.h>

#include <fstream>

#include "main/jwt_secret.h"
#include "tests/support/temp_directory.h"

namespace tintype {
namespace {

using std::filesystem::perms;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class TokenChecks : public testing::Test {
 protected:
  CheckOutcome run() { return token_checks(settings_).checks[0].run(Deadline::never()); }

  testing_support::TempDirectory directory_;
  const std::filesystem::path file_ = directory_.path() / "jwt_secret";
  config::Settings settings_ = [this] {
    config::Settings settings;
    settings.data_dir = directory_.path();
    return settings;
  }();
};

TEST_F(TokenChecks, ConfiguredSecretIsMeasuredAndNotShown) {
  settings_.jwt_secret = std::string(32, 's');
  EXPECT_EQ(run().state, CheckState::Ok);
  settings_.jwt_secret = "short-one";
  EXPECT_EQ(run().state, CheckState::Warning);
  EXPECT_THAT(run().detail, AllOf(HasSubstr("9 bytes"), Not(HasSubstr("short-one"))));
}

TEST_F(TokenChecks, MissingSecretIsNotMade) {
  EXPECT_EQ(run().state, CheckState::Ok);
  EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(TokenChecks, GeneratedSecretPasses) {
  ASSERT_TRUE(generated_jwt_secret(directory_.path()));
  EXPECT_EQ(run().state, CheckState::Ok) << run().detail;
}

TEST_F(TokenChecks, SecretThatOthersCanReadIsAFailure) {
  ASSERT_TRUE(generated_jwt_secret(directory_.path()));
  std::filesystem::permissions(file_, perms::owner_read | perms::owner_write | perms::group_read | perms::others_read);
  EXPECT_EQ(run().state, CheckState::Failed);
  EXPECT_THAT(run().detail, HasSubstr("0644"));
  EXPECT_THAT(run().advice, HasSubstr("chmod 600 " + file_.string()));
}

TEST_F(TokenChecks, FileWithoutASecretIsAFailure) {
  std::ofstream(file_) << "half\n";
  std::filesystem::permissions(file_, perms::owner_read | perms::owner_write);
  EXPECT_EQ(run().state, CheckState::Failed);
  EXPECT_THAT(run().advice, HasSubstr("remove it"));
}

}  // namespace
}  // namespace tintype
