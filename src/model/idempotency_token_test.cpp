#include "model/idempotency_token.h"

#include <gtest/gtest.h>

namespace tintype {
namespace {

TEST(IdempotencyToken, IsOneTo255VisibleAsciiCharacters) {
  EXPECT_TRUE(IdempotencyToken::parse("!"));
  EXPECT_TRUE(IdempotencyToken::parse("~"));
  EXPECT_TRUE(IdempotencyToken::parse(std::string(255, 'a')));
  EXPECT_FALSE(IdempotencyToken::parse(""));
  EXPECT_FALSE(IdempotencyToken::parse(std::string(256, 'a')));
  EXPECT_FALSE(IdempotencyToken::parse("a b"));
  EXPECT_FALSE(IdempotencyToken::parse("\x7f"));
  EXPECT_FALSE(IdempotencyToken::parse("\xc3\xa9"));
  EXPECT_FALSE(IdempotencyToken::parse(std::string_view("a\0b", 3)));
}

TEST(IdempotencyToken, CaseMatters) {
  EXPECT_NE(*IdempotencyToken::parse("a"), *IdempotencyToken::parse("A"));
}

}  // namespace
}  // namespace tintype
