#include "http/query_string.h"

#include <gtest/gtest.h>

namespace tintype::http {
namespace {

std::string read(std::string_view query) {
  const auto parameters = parse_query(query);
  if (!parameters) return "error";
  std::string text;
  for (const auto& [name, value] : *parameters) text += '<' + name + '=' + value + '>';
  return text;
}

TEST(QueryString, ReadsAsBrowsersWrite) {
  const std::vector<std::pair<std::string, std::string>> cases = {{"", ""},
                                                                  {"a=1", "<a=1>"},
                                                                  {"a=1&b=2", "<a=1><b=2>"},
                                                                  {"a", "<a=>"},
                                                                  {"a=", "<a=>"},
                                                                  {"=x", "<=x>"},
                                                                  {"a=b=c", "<a=b=c>"},
                                                                  {"a=1&&b=2&", "<a=1><b=2>"},
                                                                  {"a+b=c+d", "<a b=c d>"},
                                                                  {"a%26b=c%3Dd", "<a&b=c=d>"},
                                                                  {"tags=x&tags=y", "<tags=x><tags=y>"},
                                                                  {"t=%E2%9C%93", "<t=✓>"},
                                                                  {"a=%2B", "<a=+>"}};
  for (const auto& [query, expected] : cases) EXPECT_EQ(read(query), expected) << query;
}

TEST(QueryString, MalformedEscapesAndNulAreErrors) {
  for (const char* query : {"a=%", "a=%2", "a=%zz", "%=1", "a=%00"}) EXPECT_EQ(read(query), "error") << query;
}

TEST(QueryString, TooManyParametersAreAnError) {
  std::string query;
  for (int i = 0; i < 64; ++i) query += "a=1&";
  EXPECT_NE(read(query), "error");
  EXPECT_EQ(read(query + "a=1"), "error");
}

}  // namespace
}  // namespace tintype::http
