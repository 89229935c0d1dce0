#include "base/json_object.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <limits>

namespace tintype {
namespace {

using namespace std::string_view_literals;

std::string json_string(std::string_view text) {
  std::string json;
  append_json_string(json, text);
  return json;
}

std::string json_number(double number) {
  std::string json;
  append_json_number(json, number);
  return json;
}

TEST(JsonString, EscapesWhatRfc8259Demands) {
  EXPECT_EQ(json_string("a\"b\\c/\n\r\t\0\x1f\x7f"sv), R"("a\"b\\c/\n\r\t\u0000\u001f\u007f")");
}

TEST(JsonString, LeavesUtf8Alone) {
  EXPECT_EQ(json_string("\xC3\xA9\xF0\x9F\x98\x80"), "\"\xC3\xA9\xF0\x9F\x98\x80\"");
}

TEST(JsonString, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(json_string("a\xFF\"z"), "\"a\xEF\xBF\xBD\\\"z\"");
  EXPECT_EQ(json_string("\xE2\x82"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST(JsonString, EveryCharacterReadsBackAsItself) {
  for (int c = 0; c < 0x80; ++c) {
    const std::string text(1, static_cast<char>(c));
    EXPECT_EQ(boost::json::parse(json_string(text)).as_string(), text) << c;
  }
}

TEST(JsonNumber, ReadsBackAsTheSameNumber) {
  EXPECT_EQ(json_number(1.5), "1.5");
  EXPECT_EQ(json_number(0), "0");
  for (const double number : {0.1, -1e300, 5e-324, 1e22, 123456789.123, std::numeric_limits<double>::max()}) {
    EXPECT_EQ(boost::json::parse(json_number(number)).to_number<double>(), number);
  }
}

TEST(JsonNumber, NotFiniteIsNull) {
  EXPECT_EQ(json_number(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(json_number(std::numeric_limits<double>::quiet_NaN()), "null");
}

TEST(JsonObject, WritesMembersInOrder) {
  JsonObject object;
  object.add("text", "a\"b");
  object.add("string", std::string("s"));
  object.add("absent", std::optional<std::string>());
  object.add("present", std::optional<std::string>("p"));
  object.add("integer", std::int64_t{-7});
  object.add("number", 0.5);
  object.add("flag", true);
  object.add_raw("raw", "[1]");
  EXPECT_EQ(
      std::move(object).finish(),
      R"({"text":"a\"b","string":"s","absent":null,"present":"p","integer":-7,"number":0.5,"flag":true,"raw":[1]})");
}

TEST(JsonObject, WithoutMembersIsEmpty) {
  EXPECT_EQ(JsonObject().finish(), "{}");
}

}  // namespace
}  // namespace tintype
