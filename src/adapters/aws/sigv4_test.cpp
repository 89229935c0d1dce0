#include "adapters/aws/sigv4.h"

#include <gmock/gmock.h>

#include "base/text.h"

namespace tintype::aws {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// The example of docs.aws.amazon.com, "Authenticating Requests: Using the Authorization Header (AWS Signature Version
// 4)" of Amazon S3, GET Object.
const Credentials kExample{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};
constexpr UnixTime kExampleTime{std::chrono::milliseconds(1'369'353'600'000)};  // 2013-05-24T00:00:00Z

UnsignedRequest example_get() {
  return {.path = "/test.txt",
          .headers = {{"Host", "examplebucket.s3.amazonaws.com"}, {"Range", "bytes=0-9"}},
          .payload_hash = payload_hash({})};
}

std::string_view authorization(const SignedRequest& request) {
  return field_or_empty(request.headers, "Authorization");
}

TEST(Sigv4, GivesTheSignatureOfTheExampleOfS3) {
  const auto request = Signer("us-east-1", "s3", kS3Rules).sign(example_get(), kExample, kExampleTime);
  EXPECT_EQ(request.signature, "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  EXPECT_EQ(authorization(request),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

// "Authenticating Requests: Using Query Parameters".
TEST(Sigv4, GivesThePresignedUrlOfTheExampleOfS3) {
  UnsignedRequest get{.path = "/test.txt",
                      .headers = {{"Host", "examplebucket.s3.amazonaws.com"}},
                      .payload_hash = std::string(kUnsignedPayload)};
  const auto request =
      Signer("us-east-1", "s3", kS3Rules).presign(get, kExample, kExampleTime, std::chrono::seconds(86400));
  EXPECT_EQ(request.signature, "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
  EXPECT_THAT(request.target, AllOf(HasSubstr("/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="),
                                    HasSubstr("&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=")));
}

TEST(Sigv4, PathOfS3IsEncodedOnceAndNeverNormalised) {
  UnsignedRequest get = example_get();
  get.path = "/a//b/../c d+é";
  const auto request = Signer("us-east-1", "s3", kS3Rules).sign(get, kExample, kExampleTime);
  EXPECT_EQ(request.target, "/a//b/../c%20d%2B%C3%A9");
  EXPECT_THAT(request.canonical_request, HasSubstr("\n/a//b/../c%20d%2B%C3%A9\n"));
}

TEST(Sigv4, PathOfOthersIsNormalisedAndEncodedTwice) {
  UnsignedRequest get = example_get();
  get.path = "/a//b/../c d";
  const auto request = Signer("us-east-1", "sqs", kServiceRules).sign(get, kExample, kExampleTime);
  EXPECT_EQ(request.target, "/a/c%20d");
  EXPECT_THAT(request.canonical_request, HasSubstr("\n/a/c%2520d\n"));
  EXPECT_EQ(find_field(request.headers, "x-amz-content-sha256"), nullptr);
}

TEST(Sigv4, QueryIsSortedAndFlagsHaveAnEqualsSign) {
  UnsignedRequest get = example_get();
  get.query = {{"uploads", ""}, {"prefix", "a/b c"}, {"prefix", "a/b+c"}, {"Z", "1"}};
  EXPECT_EQ(Signer("us-east-1", "s3", kS3Rules).sign(get, kExample, kExampleTime).target,
            "/test.txt?Z=1&prefix=a%2Fb%20c&prefix=a%2Fb%2Bc&uploads=");
}

// One is the beginning of the other: sorted by the whole line, ':' would come after '-'.
TEST(Sigv4, FieldsAreSortedByTheirNamesAlone) {
  UnsignedRequest put = example_get();
  put.headers = {{"x-amz-meta-a-b", "1"}, {"x-amz-meta-a1", "2"}, {"x-amz-meta-a", "3"}, {"Host", "h"}};
  EXPECT_THAT(
      authorization(Signer("us-east-1", "s3", kS3Rules).sign(put, kExample, kExampleTime)),
      HasSubstr("SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-meta-a;x-amz-meta-a-b;x-amz-meta-a1,"));
}

TEST(Sigv4, SessionTokenIsSentAndSigned) {
  Credentials temporary = kExample;
  temporary.session_token = "token/==";
  const Signer signer("us-east-1", "s3", kS3Rules);
  const auto request = signer.sign(example_get(), temporary, kExampleTime);
  EXPECT_EQ(field_or_empty(request.headers, "x-amz-security-token"), "token/==");
  EXPECT_THAT(authorization(request), HasSubstr(";x-amz-security-token,"));
  EXPECT_THAT(signer.presign(example_get(), temporary, kExampleTime, std::chrono::seconds(60)).target,
              HasSubstr("&X-Amz-Security-Token=token%2F%3D%3D&"));
}

TEST(Sigv4, AnythingThatIsSignedChangesTheSignature) {
  const Signer signer("us-east-1", "s3", kS3Rules);
  const std::string before = signer.sign(example_get(), kExample, kExampleTime).signature;
  UnsignedRequest other_body = example_get();
  other_body.payload_hash = payload_hash(as_bytes("x"));
  UnsignedRequest other_range = example_get();
  other_range.headers.back().second = "bytes=0-8";
  UnsignedRequest other_method = example_get();
  other_method.method = "HEAD";
  for (const auto& request : {other_body, other_range, other_method}) {
    EXPECT_NE(signer.sign(request, kExample, kExampleTime).signature, before);
  }
  EXPECT_NE(signer.sign(example_get(), kExample, kExampleTime + std::chrono::seconds(1)).signature, before);
  EXPECT_NE(Signer("eu-west-1", "s3", kS3Rules).sign(example_get(), kExample, kExampleTime).signature, before);
}

}  // namespace
}  // namespace tintype::aws
