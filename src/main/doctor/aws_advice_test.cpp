#include "main/doctor/aws_advice.h"

#include <gmock/gmock.h>

#include "adapters/aws/aws_error.h"

namespace tintype {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string advice_for(aws::AwsError error) {
  const AwsServiceNames names{.endpoint = "http://127.0.0.1:9000",
                              .endpoint_setting = "s3-endpoint",
                              .thing = "the bucket",
                              .thing_setting = "s3-bucket"};
  return aws_advice(names, "s3:PutObject", "pictures/*", aws::to_error(error, "put images/1.webp"));
}

TEST(AwsAdvice, DeniedCallNamesThePermission) {
  EXPECT_EQ(advice_for({.status = 403, .code = "AccessDenied"}),
            "allow s3:PutObject on pictures/* to these credentials");
  EXPECT_EQ(advice_for({.status = 403}), advice_for({.status = 403, .code = "AccessDenied"}));
  EXPECT_EQ(advice_for({.status = 400, .code = "AccessDeniedException"}), advice_for({.status = 403}));
}

TEST(AwsAdvice, KeysAreToldApart) {
  EXPECT_THAT(advice_for({.status = 403, .code = "InvalidAccessKeyId"}), HasSubstr("AWS_ACCESS_KEY_ID"));
  EXPECT_THAT(advice_for({.status = 403, .code = "SignatureDoesNotMatch"}), HasSubstr("AWS_SECRET_ACCESS_KEY"));
  EXPECT_THAT(advice_for({.status = 400, .code = "ExpiredToken"}), HasSubstr("expired"));
  EXPECT_THAT(advice_for({.status = 403, .code = "RequestTimeTooSkewed"}), HasSubstr("clock"));
}

TEST(AwsAdvice, WhatIsMissingIsMadeByInit) {
  constexpr const char* kMissing = "`tintype init` makes the bucket, unless s3-bucket is wrong";
  EXPECT_EQ(advice_for({.status = 404, .code = "NoSuchBucket"}), kMissing);
  EXPECT_EQ(advice_for({.status = 404}), kMissing);
  EXPECT_EQ(advice_for({.status = 400, .code = "ResourceNotFoundException"}), kMissing);
}

TEST(AwsAdvice, NoAnswerPointsAtTheEndpoint) {
  EXPECT_THAT(advice_for({.no_answer = {ErrorCode::StoreUnavailable, "down", "Connection refused"}}),
              AllOf(HasSubstr("http://127.0.0.1:9000"), HasSubstr("s3-endpoint")));
}

TEST(AwsAdvice, ServiceThatIsBusyBrokenOrPoorIsToBlame) {
  EXPECT_THAT(advice_for({.status = 503, .code = "SlowDown"}), HasSubstr("busy"));
  EXPECT_THAT(advice_for({.status = 500}), HasSubstr("its log"));
  EXPECT_THAT(advice_for({.status = 501, .code = "NotImplemented"}), HasSubstr("lacks"));
  EXPECT_THAT(advice_for({.status = 418, .code = "Teapot"}), HasSubstr("documentation"));
}

}  // namespace
}  // namespace tintype
