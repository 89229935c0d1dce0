#include "adapters/aws/signing_key.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace tintype::aws {
namespace {

constexpr std::string_view kSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

// docs.aws.amazon.com, "Signature Version 4: deriving a signing key".
TEST(SigningKeys, KeyIsTheOneOfAwsExample) {
  const SigningKeys keys("us-east-1", "iam");
  EXPECT_EQ(hex(keys.key(kSecret, "20150830")), "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
  EXPECT_EQ(keys.scope("20150830"), "20150830/us-east-1/iam/aws4_request");
}

TEST(SigningKeys, KeptKeyIsNotGivenForAnotherDayOrSecret) {
  const SigningKeys keys("us-east-1", "iam");
  const auto first = keys.key(kSecret, "20150830");
  EXPECT_EQ(keys.key(kSecret, "20150830"), first);
  EXPECT_NE(keys.key(kSecret, "20150831"), first);
  EXPECT_NE(keys.key("other", "20150830"), first);
  EXPECT_EQ(keys.key(kSecret, "20150830"), first);
}

}  // namespace
}  // namespace tintype::aws
