#include "service/thumbnail_mode.h"

#include <gtest/gtest.h>

namespace tintype {
namespace {

using namespace std::chrono_literals;
using Time = ThumbnailMode::Clock::time_point;

class AutomaticMode : public testing::Test {
 protected:
  // An upload every 100 ms.
  void uploads(int count, std::chrono::milliseconds took) {
    for (int i = 0; i < count; ++i) mode_.uploaded(took, now_ += 100ms);
  }
  void pass(std::chrono::milliseconds time) { now_ += time; }
  bool is_async() { return mode_.is_async(now_); }
  std::string_view reason() { return mode_.state(now_).reason; }

  Time now_{1h};
  ThumbnailMode mode_{{}, now_};
};

TEST(ThumbnailModeBySetting, NeverChanges) {
  const Time start{1h};
  ThumbnailMode inline_mode({.setting = ThumbnailMode::Setting::Inline}, start);
  for (int i = 0; i < 100; ++i) inline_mode.uploaded(10s, start + 1s);
  EXPECT_FALSE(inline_mode.is_async(start + 2s));
  EXPECT_EQ(inline_mode.state(start + 2s).reason, "setting");
  ThumbnailMode async_mode({.setting = ThumbnailMode::Setting::Async}, start);
  EXPECT_TRUE(async_mode.is_async(start));
  EXPECT_TRUE(async_mode.is_async(start + 24h));
}

TEST_F(AutomaticMode, BeginsInline) {
  EXPECT_FALSE(is_async());
  EXPECT_EQ(reason(), "start");
  uploads(100, 900ms);
  EXPECT_FALSE(is_async());
}

TEST_F(AutomaticMode, SlowUploadsMakeItAsync) {
  uploads(20, 1100ms);
  EXPECT_TRUE(is_async());
  EXPECT_EQ(reason(), "uploads_slow");
}

TEST_F(AutomaticMode, FewSlowUploadsSayNothing) {
  uploads(19, 5s);
  EXPECT_FALSE(is_async());
}

TEST_F(AutomaticMode, OneSlowUploadInTwentyIsNoP95) {
  uploads(95, 100ms);
  uploads(5, 5s);
  EXPECT_FALSE(is_async());
  uploads(5, 5s);
  EXPECT_TRUE(is_async());
}

TEST_F(AutomaticMode, SlowUploadsOfLongAgoAreForgotten) {
  uploads(19, 5s);
  pass(61s);
  uploads(5, 5s);
  EXPECT_FALSE(is_async());
}

TEST_F(AutomaticMode, StaysAsyncForAWindowHoweverFastUploadsAreNow) {
  uploads(20, 2s);
  ASSERT_TRUE(is_async());
  uploads(500, 100ms);
  EXPECT_TRUE(is_async());
  uploads(110, 100ms);
  EXPECT_FALSE(is_async());
  EXPECT_EQ(reason(), "uploads_fast");
}

// What an upload would take again if it had to make its thumbnail.
TEST_F(AutomaticMode, ThumbnailsCountBeforeItIsInlineAgain) {
  uploads(20, 2s);
  ASSERT_TRUE(is_async());
  for (int i = 0; i < 700; ++i) {
    uploads(1, 500ms);
    mode_.derived(300ms, now_);
    ASSERT_TRUE(is_async());
  }
}

TEST_F(AutomaticMode, DoesNotGoBackAndForthAtTheBorder) {
  uploads(20, 1100ms);
  ASSERT_TRUE(is_async());
  for (int i = 0; i < 2000; ++i) {
    uploads(1, 800ms);
    ASSERT_TRUE(is_async());
  }
  EXPECT_EQ(mode_.state(now_).switches, 1);
}

TEST_F(AutomaticMode, SilenceLeadsBackToInline) {
  uploads(20, 2s);
  ASSERT_TRUE(is_async());
  pass(299s);
  EXPECT_TRUE(is_async());
  pass(2s);
  EXPECT_FALSE(is_async());
  EXPECT_EQ(reason(), "uploads_few");
}

TEST_F(AutomaticMode, StateHasThe95thOfAHundred) {
  for (int i = 1; i <= 100; ++i) mode_.uploaded(std::chrono::milliseconds(i), now_);
  EXPECT_EQ(mode_.state(now_).p95, 95ms);
}

}  // namespace
}  // namespace tintype
