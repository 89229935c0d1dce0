#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/settings.h"

namespace tintype::config {
namespace {

using testing::HasSubstr;
using testing::Not;

// The only value in `text`, or what went wrong.
std::string value_of(std::string_view text) {
  const auto parsed = parse_settings_file(text);
  if (!parsed) return "error: " + parsed.error().public_message;
  return parsed->size() == 1 ? parsed->front().value : "error: not one assignment";
}

std::string message_of(std::string_view text) {
  const auto parsed = parse_settings_file(text);
  return parsed ? "no error" : parsed.error().public_message;
}

TEST(SettingsFile, EmptyGivesNothing) {
  EXPECT_TRUE(parse_settings_file("")->empty());
  EXPECT_TRUE(parse_settings_file("\n  \n# only a comment\n\t# another\n")->empty());
}

TEST(SettingsFile, LinesGiveNamesValuesAndLineNumbers) {
  const auto parsed = parse_settings_file("# first\nlisten = 0.0.0.0:80\n\n  max-pixels=5\n");
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->size(), 2u);
  EXPECT_EQ(parsed->at(0).name, "listen");
  EXPECT_EQ(parsed->at(0).value, "0.0.0.0:80");
  EXPECT_EQ(parsed->at(0).line, 2);
  EXPECT_EQ(parsed->at(1).name, "max-pixels");
  EXPECT_EQ(parsed->at(1).value, "5");
  EXPECT_EQ(parsed->at(1).line, 4);
}

TEST(SettingsFile, CommentAfterASpaceEndsAValue) {
  EXPECT_EQ(value_of("a = b c # d"), "b c");
}

TEST(SettingsFile, HashWithinAWordBelongsToTheValue) {
  EXPECT_EQ(value_of("a = b#c"), "b#c");
}

TEST(SettingsFile, OnlyACommentAsValueIsEmpty) {
  EXPECT_EQ(value_of("a = # b"), "");
}

TEST(SettingsFile, ValueMayContainEquals) {
  EXPECT_EQ(value_of("a = b=c"), "b=c");
}

TEST(SettingsFile, QuotesKeepSpacesAndHashes) {
  EXPECT_EQ(value_of("a = \" b # c \"  # comment"), " b # c ");
}

TEST(SettingsFile, QuotesKeepEscapedQuotesAndBackslashes) {
  EXPECT_EQ(value_of(R"(a = "b \"c\" \\ d")"), R"(b "c" \ d)");
}

TEST(SettingsFile, EmptyQuotesAreAnEmptyValue) {
  EXPECT_EQ(value_of("a = \"\""), "");
}

TEST(SettingsFile, BackslashOutsideQuotesIsItself) {
  EXPECT_EQ(value_of(R"(a = C:\b)"), R"(C:\b)");
}

TEST(SettingsFile, ByteOrderMarkAndCarriageReturnsAreTolerated) {
  const auto parsed = parse_settings_file("\xEF\xBB\xBFlisten = a\r\nmax-pixels = \"5\"\r\n\r\n");
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->size(), 2u);
  EXPECT_EQ(parsed->at(0).name, "listen");
  EXPECT_EQ(parsed->at(0).value, "a");
  EXPECT_EQ(parsed->at(1).value, "5");
}

TEST(SettingsFile, LineWithoutEqualsNamesItsNumber) {
  EXPECT_EQ(message_of("listen = a\n\nmax-pixels 5\n"), "line 3: expected name = value");
}

TEST(SettingsFile, NameWithASpaceOrNoNameIsAnError) {
  EXPECT_THAT(message_of("max pixels = 5"), HasSubstr("line 1: expected the name of a setting"));
  EXPECT_THAT(message_of("= 5"), HasSubstr("line 1: expected the name of a setting"));
}

TEST(SettingsFile, MissingClosingQuoteIsAnError) {
  EXPECT_EQ(message_of("a = \"b"), "line 1: the closing quote is missing");
  EXPECT_EQ(message_of("a = \""), "line 1: the closing quote is missing");
}

TEST(SettingsFile, TextAfterTheClosingQuoteIsAnError) {
  EXPECT_EQ(message_of("a = \"b\" c"), "line 1: only a comment may follow the closing quote");
}

TEST(SettingsFile, OtherEscapesAreAnError) {
  EXPECT_THAT(message_of(R"(a = "b\n")"), HasSubstr("line 1: a backslash"));
  EXPECT_THAT(message_of(R"(a = "b\)"), HasSubstr("line 1: a backslash"));
}

TEST(SettingsFile, NameSetTwiceNamesBothLines) {
  EXPECT_EQ(message_of("listen = a\nlog-level = info\nlisten = b\n"), "line 3: listen is already set in line 1");
}

TEST(SettingsFile, ErrorsNeverRepeatTheLine) {
  for (const char* text :
       {"jwt-secret hunter2", "jwt-secret hunter2 = x", "jwt-secret = \"hunter2", "jwt-secret = \"hunter2\" x",
        "jwt-secret = \"hunter2\\n\"", "jwt-secret = a\njwt-secret = hunter2"}) {
    EXPECT_THAT(message_of(text), Not(HasSubstr("hunter2"))) << text;
    EXPECT_THAT(message_of(text), HasSubstr("line ")) << text;
  }
}

}  // namespace
}  // namespace tintype::config
