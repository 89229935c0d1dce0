#include "http/idempotency_header.h"

#include <gmock/gmock.h>

#include "tests/support/fake_headers.h"

namespace tintype::http {
namespace {

using testing_support::FakeHeaders;

std::string token_of(const FakeHeaders& headers) {
  const auto token = idempotency_token(headers);
  return token ? token->text() : std::string(code_name(token.error().code));
}

TEST(IdempotencyHeader, TokenIsTakenAsItIs) {
  EXPECT_EQ(token_of({{"idempotency-token", "order-17"}}), "order-17");
  EXPECT_EQ(token_of({{"idempotency-token", "\"order-17\""}}), "\"order-17\"");
  EXPECT_EQ(token_of({{"idempotency-token", " \torder-17 "}}), "order-17");
}

TEST(IdempotencyHeader, KeyMayBeQuoted) {
  EXPECT_EQ(token_of({{"idempotency-key", "order-17"}}), "order-17");
  EXPECT_EQ(token_of({{"idempotency-key", "\"order-17\""}}), "order-17");
  EXPECT_EQ(token_of({{"idempotency-key", R"("a\"b\\c")"}}), R"(a"b\c)");
}

TEST(IdempotencyHeader, BadlyQuotedKeyIsRefused) {
  for (const char* value : {R"(")", R"("a)", R"("a"b")", R"("a\b")", R"("a\")", R"("a";b=1)", R"("")", R"("a b")"}) {
    EXPECT_EQ(token_of({{"idempotency-key", value}}), "VALIDATION_FAILED") << value;
  }
}

TEST(IdempotencyHeader, TokenHasOneTo255VisibleAsciiCharacters) {
  EXPECT_EQ(token_of({{"idempotency-token", std::string(255, 'x')}}), std::string(255, 'x'));
  for (const std::string& value : {std::string(256, 'x'), std::string("a b"), std::string("caf\xc3\xa9"),
                                   std::string("a\x7f"), std::string("a\tb")}) {
    EXPECT_EQ(token_of({{"idempotency-token", value}}), "VALIDATION_FAILED") << value;
  }
}

TEST(IdempotencyHeader, ErrorNamesTheHeader) {
  EXPECT_THAT(idempotency_token(FakeHeaders{{"idempotency-key", "a b"}}).error().public_message,
              testing::StartsWith("Idempotency-Key must"));
}

TEST(IdempotencyHeader, BothMustSayTheSame) {
  EXPECT_EQ(token_of({{"idempotency-token", "a"}, {"idempotency-key", "\"a\""}}), "a");
  EXPECT_EQ(token_of({{"idempotency-token", "a"}, {"idempotency-key", "b"}}), "VALIDATION_FAILED");
}

TEST(IdempotencyHeader, WithoutOneANewTokenIsMade) {
  const std::string first = token_of({});
  EXPECT_EQ(first.size(), 32u);
  EXPECT_NE(token_of({}), first);
  EXPECT_NE(token_of({{"idempotency-token", ""}}), first);
}

}  // namespace
}  // namespace tintype::http
