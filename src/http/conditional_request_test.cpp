#include "http/conditional_request.h"

#include <gtest/gtest.h>

namespace tintype::http {
namespace {

struct Case {
  std::string_view header;
  std::string_view etag;
  bool none_match;  // weak comparison
  bool match;       // strong comparison
};

void expect_all(std::initializer_list<Case> cases) {
  for (const Case& c : cases) {
    EXPECT_EQ(if_none_match(c.header, c.etag), c.none_match) << "If-None-Match: " << c.header << " for " << c.etag;
    EXPECT_EQ(if_match(c.header, c.etag), c.match) << "If-Match: " << c.header << " for " << c.etag;
  }
}

TEST(ConditionalRequest, OneTagThenComparedByRfc9110Table) {
  expect_all({
      // RFC 9110 section 8.8.3.2
      {R"(W/"1")", R"(W/"1")", true, false},
      {R"(W/"1")", R"(W/"2")", false, false},
      {R"(W/"1")", R"("1")", true, false},
      {R"("1")", R"(W/"1")", true, false},
      {R"("1")", R"("1")", true, true},
      {R"("1")", R"("2")", false, false},
      {R"("a")", R"("A")", false, false},
      {R"("")", R"("")", true, true},
      {R"("1")", R"("11")", false, false},
  });
}

TEST(ConditionalRequest, ListThenAnyOfItMatches) {
  expect_all({
      {R"("1", "2")", R"("2")", true, true},
      {R"("1","2","3")", R"("3")", true, true},
      {R"("1", W/"2")", R"("2")", true, false},
      {R"(W/"2", "2")", R"("2")", true, true},
      {R"("1", "2")", R"("3")", false, false},
      {R"("a,b", "c")", R"("a,b")", true, true},
      {R"("a,b")", R"("b")", false, false},
      {R"(", ")", R"(",")", false, false},
      {R"("x,"y")", R"("x,")", false, false},
      {"  \"1\"\t,\t\"2\"  ", R"("2")", true, true},
      {R"(,, "1",, "2",)", R"("2")", true, true},
  });
}

TEST(ConditionalRequest, StarAloneThenMatchesAnything) {
  expect_all({
      {"*", R"("1")", true, true},
      {" * ", R"(W/"1")", true, true},
      {R"("*")", R"("1")", false, false},
      {R"(*, "1")", R"("1")", false, false},
      {R"("1", *)", R"("1")", false, false},
      {"**", R"("1")", false, false},
  });
}

TEST(ConditionalRequest, MalformedThenMatchesNothing) {
  expect_all({
      {"", R"("1")", false, false},
      {",", R"("1")", false, false},
      {"1", R"("1")", false, false},
      {R"("1)", R"("1")", false, false},
      {R"(1")", R"("1")", false, false},
      {R"("1" "2")", R"("1")", false, false},
      {R"("1"x)", R"("1")", false, false},
      {R"("1", x)", R"("1")", false, false},
      {R"(w/"1")", R"("1")", false, false},
      {R"(W/ "1")", R"("1")", false, false},
      {R"(W/)", R"("1")", false, false},
      {R"(W)", R"("1")", false, false},
      {R"(")", R"("1")", false, false},
      {R"("a b")", R"("a b")", false, false},
      {"\"a\x7f\"", "\"a\x7f\"", false, false},
      {R"("\"")", R"("\"")", false, false},
  });
}

TEST(ConditionalRequest, BytesAboveAsciiThenPartOfATag) {
  expect_all({{"\"\xc3\xa4\"", "\"\xc3\xa4\"", true, true}});
}

}  // namespace
}  // namespace tintype::http
