#include "adapters/aws/uri_encoding.h"

#include <gtest/gtest.h>

namespace tintype::aws {
namespace {

TEST(UriEncode, EverythingButUnreservedCharactersBecomesUpperCaseEscapes) {
  EXPECT_EQ(uri_encode("AZaz09-_.~"), "AZaz09-_.~");
  EXPECT_EQ(uri_encode("a b+c/d"), "a%20b%2Bc%2Fd");
  EXPECT_EQ(uri_encode("!*'()@:;,$&=?#%\"<>\\"), "%21%2A%27%28%29%40%3A%3B%2C%24%26%3D%3F%23%25%22%3C%3E%5C");
  EXPECT_EQ(uri_encode("\xe1\x88\xb4"), "%E1%88%B4");
  EXPECT_EQ(uri_encode(std::string_view("\0\x7f", 2)), "%00%7F");
}

TEST(UriEncodePath, SlashesStay) {
  EXPECT_EQ(uri_encode_path("/a b//c/../d%2F"), "/a%20b//c/../d%252F");
}

TEST(NormalisePath, DotAndEmptySegmentsAreResolved) {
  EXPECT_EQ(normalise_path(""), "/");
  EXPECT_EQ(normalise_path("/"), "/");
  EXPECT_EQ(normalise_path("//"), "/");
  EXPECT_EQ(normalise_path("/a/b"), "/a/b");
  EXPECT_EQ(normalise_path("//a//b//"), "/a/b/");
  EXPECT_EQ(normalise_path("/./a"), "/a");
  EXPECT_EQ(normalise_path("/a/."), "/a/");
  EXPECT_EQ(normalise_path("/a/b/.."), "/a/");
  EXPECT_EQ(normalise_path("/a/b/../../c"), "/c");
  EXPECT_EQ(normalise_path("/../../a"), "/a");
}

TEST(CanonicalQuery, ParametersAreSortedByEncodedNameThenValue) {
  EXPECT_EQ(canonical_query({}), "");
  EXPECT_EQ(canonical_query({{"uploads", ""}}), "uploads=");
  EXPECT_EQ(canonical_query({{"prefix", "a/b c"}, {"list-type", "2"}}), "list-type=2&prefix=a%2Fb%20c");
  EXPECT_EQ(canonical_query({{"a", "2"}, {"B", "1"}, {"a", "1"}}), "B=1&a=1&a=2");
  // "a+" is encoded as "a%2B", and '%' sorts before '0', though '+' would as well; "a_" sorts after both.
  EXPECT_EQ(canonical_query({{"a0", ""}, {"a_", ""}, {"a:", ""}}), "a%3A=&a0=&a_=");
}

}  // namespace
}  // namespace tintype::aws
