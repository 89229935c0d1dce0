#include "http/authenticator.h"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"

namespace tintype::http {
namespace {

using std::chrono::seconds;

class AuthenticatorTest : public testing::Test {
 protected:
  std::string token(const std::string& user, seconds ttl = seconds(60)) const {
    return sign_jwt(policy_, *UserId::parse(user), clock_.now(), ttl);
  }
  // The user, or why there is none.
  std::string verdict(const std::string& token) const {
    const auto user = authenticator_.authenticate("Bearer " + token);
    return user ? user->text() : user.error().public_message;
  }

  testing_support::FakeClock clock_;
  JwtPolicy policy_{.secret = "0123456789abcdef0123456789abcdef", .leeway = seconds(5)};
  Authenticator authenticator_{policy_, clock_};
};

TEST_F(AuthenticatorTest, TokenThatIsUsedAgainSpeaksForTheSameUser) {
  const auto ann = token("ann"), bob = token("bob");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(verdict(ann), "ann");
    EXPECT_EQ(verdict(bob), "bob");
  }
}

TEST_F(AuthenticatorTest, TokenThatWasGoodExpiresAllTheSame) {
  const auto ann = token("ann", seconds(60));
  EXPECT_EQ(verdict(ann), "ann");
  clock_.advance(seconds(64));
  EXPECT_EQ(verdict(ann), "ann");
  clock_.advance(seconds(1));
  EXPECT_EQ(verdict(ann), "the token has expired");
}

TEST_F(AuthenticatorTest, TokenThatDiffersFromAGoodOneIsNotKnown) {
  const auto ann = token("ann");
  EXPECT_EQ(verdict(ann), "ann");
  for (const std::size_t at : {ann.size() - 2, ann.find('.') + 5}) {
    std::string other = ann;
    other[at] = other[at] == 'A' ? 'B' : 'A';
    EXPECT_NE(verdict(other), "ann");
  }
  EXPECT_NE(verdict(ann.substr(0, ann.size() - 1)), "ann");
}

TEST_F(AuthenticatorTest, RefusedTokenIsRefusedAgain) {
  const auto late = token("ann", seconds(-10));
  for (int i = 0; i < 2; ++i) EXPECT_EQ(verdict(late), "the token has expired");
}

TEST_F(AuthenticatorTest, MoreTokensThanAreKeptAreAllGood) {
  const auto first = token("first");
  EXPECT_EQ(verdict(first), "first");
  for (std::size_t i = 0; i < CheckedTokens::kMost + 1; ++i) {
    const std::string user = "user-" + std::to_string(i);
    ASSERT_EQ(verdict(token(user)), user);
  }
  EXPECT_EQ(verdict(first), "first");
}

}  // namespace
}  // namespace tintype::http
