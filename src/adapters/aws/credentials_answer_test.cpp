#include "adapters/aws/credentials_answer.h"

#include <gmock/gmock.h>

namespace tintype::aws {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kWhole =
    R"({"Code":"Success","LastUpdated":"2026-11-25T00:00:00Z","Type":"AWS-HMAC","AccessKeyId":"ASIA1",)"
    R"("SecretAccessKey":"a/b+c=","Token":"IQoJ==","Expiration":"2026-11-25T06:00:00Z"})";

// Why `json` is refused; "" if it is not.
std::string refusal(std::string_view json) {
  const auto read = read_credentials_answer(json);
  if (read) return "";
  EXPECT_EQ(read.error().code, ErrorCode::StoreUnavailable) << json;
  return read.error().detail;
}

TEST(CredentialsAnswer, AllPartsAreRead) {
  const auto read = read_credentials_answer(kWhole);
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(*read, (Credentials{"ASIA1", "a/b+c=", "IQoJ==", UnixTime(std::chrono::seconds(1'795'586'400))}));
}

TEST(CredentialsAnswer, TokenExpirationAndCodeMayBeMissingOrNull) {
  const Credentials lasting{"id", "secret"};
  EXPECT_EQ(read_credentials_answer(R"({"AccessKeyId":"id","SecretAccessKey":"secret"})"), lasting);
  EXPECT_EQ(read_credentials_answer(
                R"({"Code":null,"AccessKeyId":"id","SecretAccessKey":"secret","Token":null,"Expiration":null})"),
            lasting);
}

TEST(CredentialsAnswer, CodeOtherThanSuccessIsAnErrorEvenWithCredentials) {
  EXPECT_THAT(refusal(R"({"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume the role r",)"
                      R"("AccessKeyId":"id","SecretAccessKey":"s","Token":"t","Expiration":"2026-11-25T06:00:00Z"})"),
              HasSubstr("AssumeRoleUnauthorizedAccess: EC2 cannot assume the role r"));
  EXPECT_THAT(refusal(R"({"Code":"Failed"})"), HasSubstr("Failed"));
  EXPECT_THAT(refusal(R"({"Code":7,"AccessKeyId":"id","SecretAccessKey":"s"})"), HasSubstr("Code"));
}

TEST(CredentialsAnswer, EveryTruncationIsRefused) {
  const std::string_view whole = kWhole;
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_NE(refusal(whole.substr(0, length)), "") << length;
  }
}

TEST(CredentialsAnswer, OtherJsonIsRefused) {
  for (const char* json : {"", "null", "[]", "\"AccessKeyId\"", "{}", "<html></html>", "{\"AccessKeyId\":\"id\"}{}"}) {
    EXPECT_NE(refusal(json), "") << json;
  }
  EXPECT_NE(refusal(std::string(60'000, '[')), "");
}

TEST(CredentialsAnswer, PartsThatAreNoVisibleTextAreRefusedByName) {
  EXPECT_THAT(refusal(R"({"AccessKeyId":"","SecretAccessKey":"s"})"), HasSubstr("AccessKeyId"));
  EXPECT_THAT(refusal(R"({"AccessKeyId":1,"SecretAccessKey":"s"})"), HasSubstr("AccessKeyId"));
  EXPECT_THAT(refusal(R"({"AccessKeyId":"a b","SecretAccessKey":"s"})"), HasSubstr("AccessKeyId"));
  EXPECT_THAT(refusal(R"({"AccessKeyId":"id","SecretAccessKey":"é"})"), HasSubstr("SecretAccessKey"));
  EXPECT_THAT(refusal(R"({"AccessKeyId":"id","SecretAccessKey":"s","Token":"t\r\nX-Evil: 1"})"), HasSubstr("Token"));
  EXPECT_THAT(refusal(R"({"AccessKeyId":"id","SecretAccessKey":"s","Expiration":1795586400})"),
              HasSubstr("Expiration"));
  EXPECT_THAT(refusal(R"({"AccessKeyId":"id","SecretAccessKey":"s","Expiration":"soon"})"), HasSubstr("Expiration"));
}

TEST(CredentialsAnswer, RefusalHoldsNoSecret) {
  EXPECT_THAT(refusal(R"({"AccessKeyId":"id","SecretAccessKey":"hush","Token":"hush","Expiration":"hush"})"),
              Not(HasSubstr("hush")));
}

}  // namespace
}  // namespace tintype::aws
