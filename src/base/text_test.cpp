#include "base/text.h"

#include <gtest/gtest.h>

namespace tintype {
namespace {

using namespace std::string_view_literals;

TEST(Text, ComparesWithoutCaseInAsciiOnly) {
  EXPECT_TRUE(iequals("Content-Type", "cONTENT-tYPE"));
  EXPECT_TRUE(iequals("", ""));
  EXPECT_FALSE(iequals("a", "ab"));
  EXPECT_FALSE(iequals("@", "`"));                // 32 apart, and no letters
  EXPECT_FALSE(iequals("\xC3\x89", "\xC3\xA9"));  // E and e with acute accent
}

TEST(Text, LowersAsciiOnly) {
  EXPECT_EQ(to_lower("AZaz09[\xC3\x89"), "azaz09[\xC3\x89");
}

TEST(Text, TrimsSpacesAndTabsAtBothEnds) {
  EXPECT_EQ(trim(" \t a b\t "), "a b");
  EXPECT_EQ(trim("a"), "a");
  EXPECT_EQ(trim(" \t"), "");
  EXPECT_EQ(trim(""), "");
  EXPECT_EQ(trim("\na\r"), "\na\r");
}

TEST(Text, WellFormedUtf8IsRecognised) {
  for (const std::string_view text : {""sv, "plain"sv, "\0"sv, "\x7F"sv, "\xC2\x80"sv, "\xDF\xBF"sv, "\xE0\xA0\x80"sv,
                                      "\xED\x9F\xBF"sv, "\xEE\x80\x80"sv, "\xEF\xBF\xBF"sv, "\xF0\x90\x80\x80"sv,
                                      "\xF4\x8F\xBF\xBF"sv, "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z"sv}) {
    EXPECT_TRUE(is_utf8(text)) << hex(as_bytes(text));
  }
}

// Unicode 15, table 3-7, from outside each row.
TEST(Text, MalformedUtf8IsRefused) {
  for (const std::string_view text : {"\x80"sv,
                                      "\xBF"sv,
                                      "a\x80"sv,  // continuation without a lead
                                      "\xC0\x80"sv,
                                      "\xC1\xBF"sv,
                                      "\xE0\x9F\xBF"sv,
                                      "\xF0\x8F\xBF\xBF"sv,  // overlong
                                      "\xED\xA0\x80"sv,
                                      "\xED\xBF\xBF"sv,  // surrogates
                                      "\xF4\x90\x80\x80"sv,
                                      "\xF5\x80\x80\x80"sv,
                                      "\xFF"sv,
                                      "\xFE"sv,  // over U+10FFFF
                                      "\xC3"sv,
                                      "\xE2\x82"sv,
                                      "\xE2"sv,
                                      "\xF0\x9F\x98"sv,
                                      "\xF0\x9F"sv,
                                      "a\xF0"sv,  // truncated at the end
                                      "\xC3z"sv,
                                      "\xE2\x82z"sv,
                                      "\xE2z\x82"sv,
                                      "\xF0\x9F\x98z"sv,
                                      "\xF0\x9Fz\x98"sv,  // truncated by the next character
                                      "\xC3\xC3\xA9"sv}) {
    EXPECT_FALSE(is_utf8(text)) << hex(as_bytes(text));
  }
}

TEST(Text, LengthCountsCodePoints) {
  EXPECT_EQ(utf8_length(""), 0u);
  EXPECT_EQ(utf8_length("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"), 4u);
}

TEST(Text, ControlCharactersAreFoundUnlessAllowed) {
  for (const std::string_view text : {"\0"sv, "a\x1F"sv, "\x7F"sv, "a\tb"sv, "\n"sv})
    EXPECT_TRUE(has_control_characters(text));
  EXPECT_FALSE(has_control_characters(" ~\xC2\x80\xFF"));
  EXPECT_FALSE(has_control_characters("a\tb\n", "\t\n"));
  EXPECT_TRUE(has_control_characters("a\tb\r", "\t\n"));
}

TEST(Text, VisibleAsciiHasNoBlanksControlsOrOtherScripts) {
  EXPECT_TRUE(is_visible_ascii("!09AZaz~"));
  EXPECT_TRUE(is_visible_ascii(""));
  for (const char* text : {" ", "a b", "a\r\n", "\x7f", "\xC3\xA9"}) EXPECT_FALSE(is_visible_ascii(text)) << text;
}

TEST(Text, ParsesUnsignedNumbersWhole) {
  EXPECT_EQ(parse_unsigned("0"), 0u);
  EXPECT_EQ(parse_unsigned("007"), 7u);
  EXPECT_EQ(parse_unsigned("18446744073709551615"), ~0ULL);
  for (const std::string_view text : {""sv, "-1"sv, "+1"sv, " 1"sv, "1 "sv, "1x"sv, "0x1"sv, "1.0"sv,
                                      "18446744073709551616"sv, "99999999999999999999"sv, "1\0"sv}) {
    EXPECT_FALSE(parse_unsigned(text)) << text;
  }
  EXPECT_FALSE(parse_unsigned(std::string_view()));
}

TEST(Text, DecodesPercentEscapes) {
  EXPECT_EQ(percent_decode("a%2Fb%2fc+d"), "a/b/c+d");
  EXPECT_EQ(percent_decode("%C3%a9"), "\xC3\xA9");
  EXPECT_EQ(percent_decode("%25%32%35"), "%25");  // once only
  EXPECT_EQ(percent_decode("%41"), "A");
  EXPECT_EQ(percent_decode(""), "");
}

TEST(Text, MalformedPercentEscapesAreRefused) {
  for (const char* text : {"%", "a%", "%4", "a%4", "%G1", "%1G", "%%41", "%-1", "% 1", "%00", "a%00b"}) {
    EXPECT_FALSE(percent_decode(text)) << text;
  }
}

TEST(Text, HexIsLowerCaseAndTwoDigitsAByte) {
  EXPECT_EQ(hex(as_bytes("\0\x0F\xA0\xFF"sv)), "000fa0ff");
}

}  // namespace
}  // namespace tintype
