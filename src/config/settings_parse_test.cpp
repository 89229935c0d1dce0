#include "config/settings_parse.h"

#include <gtest/gtest.h>

namespace tintype::config {
namespace {

using namespace std::chrono_literals;

TEST(ParseSize, TakesBytesAndEveryUnit) {
  EXPECT_EQ(parse_size("0"), 0u);
  EXPECT_EQ(parse_size("1500"), 1500u);
  EXPECT_EQ(parse_size("3KiB"), 3072u);
  EXPECT_EQ(parse_size("25MiB"), 26'214'400u);
  EXPECT_EQ(parse_size("2GiB"), 2'147'483'648u);
}

TEST(ParseSize, RefusesEverythingElse) {
  for (const char* text : {"", "MiB", "1MB", "1mib", "1 MiB", "-1", "+1", "1.5MiB", "0x10", "1MiBs", " 1", "1 "}) {
    EXPECT_EQ(parse_size(text), std::nullopt) << '"' << text << '"';
  }
}

TEST(ParseSize, RefusesWhatDoesNotFitInto64Bits) {
  EXPECT_EQ(parse_size("18446744073709551615"), ~0ULL);
  EXPECT_EQ(parse_size("18446744073709551616"), std::nullopt);
  EXPECT_EQ(parse_size("17179869183GiB"), 17'179'869'183ULL << 30);
  EXPECT_EQ(parse_size("17179869184GiB"), std::nullopt);
}

TEST(ParseDuration, TakesEveryUnit) {
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("30s"), 30s);
  EXPECT_EQ(parse_duration("5m"), 5min);
  EXPECT_EQ(parse_duration("24h"), 24h);
}

TEST(ParseDuration, RefusesANumberWithoutUnit) {
  EXPECT_EQ(parse_duration("30"), std::nullopt);
  EXPECT_EQ(parse_duration("0"), std::nullopt);
}

TEST(ParseDuration, RefusesEverythingElse) {
  for (const char* text : {"", "s", "30 s", "30sec", "-1s", "1.5s", "1h30m", "9007199254740993ms", "99999999999999h"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << '"' << text << '"';
  }
}

TEST(FormatSize, UsesTheLargestUnitThatLosesNothing) {
  EXPECT_EQ(format_size(0), "0");
  EXPECT_EQ(format_size(1023), "1023");
  EXPECT_EQ(format_size(1025), "1025");
  EXPECT_EQ(format_size(1 << 10), "1KiB");
  EXPECT_EQ(format_size(25 << 20), "25MiB");
  EXPECT_EQ(format_size(1ULL << 40), "1024GiB");
}

TEST(FormatDuration, UsesTheLargestUnitThatLosesNothing) {
  EXPECT_EQ(format_duration(0ms), "0ms");
  EXPECT_EQ(format_duration(1500ms), "1500ms");
  EXPECT_EQ(format_duration(90s), "90s");
  EXPECT_EQ(format_duration(60s), "1m");
  EXPECT_EQ(format_duration(2h), "2h");
}

}  // namespace
}  // namespace tintype::config
