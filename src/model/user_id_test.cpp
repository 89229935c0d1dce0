#include "model/user_id.h"

#include <gtest/gtest.h>

#include <set>

namespace tintype {
namespace {

TEST(UserId, KeepsTheTextItWasGiven) {
  EXPECT_EQ(UserId::parse("auth0|123 \xC3\xA9")->text(), "auth0|123 \xC3\xA9");
}

TEST(UserId, RefusesWhatIsNoUserId) {
  using namespace std::string_view_literals;
  for (const std::string_view text :
       {""sv, "a\0b"sv, "a\nb"sv, "\x7F"sv, "\t"sv, "\xFF"sv, "\xC3"sv, "\xED\xA0\x80"sv}) {
    EXPECT_FALSE(UserId::parse(text));
  }
}

TEST(UserId, LengthIsBoundedAsTextAndAsKeyComponent) {
  EXPECT_TRUE(UserId::parse(std::string(128, 'a')));
  EXPECT_FALSE(UserId::parse(std::string(129, 'a')));
  EXPECT_TRUE(UserId::parse(std::string(85, '@')));   // 85 x 3 = 255
  EXPECT_FALSE(UserId::parse(std::string(86, '@')));  // 258
}

TEST(UserId, KeyComponentEscapesEverythingButTheSafeCharacters) {
  struct Case {
    const char* text;
    const char* component;
  };
  constexpr Case kCases[] = {{"azAZ09-_", "azAZ09-_"},
                             {"ann@example.com", "ann.40example.2Ecom"},
                             {".", ".2E"},
                             {"..", ".2E.2E"},
                             {"a/b", "a.2Fb"},
                             {"\xC3\xA9", ".C3.A9"},
                             {" ", ".20"},
                             {"%2F", ".252F"}};
  for (const Case& row : kCases) EXPECT_EQ(UserId::parse(row.text)->key_component(), row.component);
}

TEST(UserId, KeyComponentsOfAllOneAndTwoCharacterIdsAreDistinct) {
  std::set<std::string> components;
  std::size_t ids = 0;
  const auto add = [&](const std::string& text) {
    const auto user = UserId::parse(text);
    ASSERT_TRUE(user) << text;
    components.insert(user->key_component());
    ++ids;
  };
  for (char first = 0x20; first < 0x7f; ++first) {
    add({first});
    for (char second = 0x20; second < 0x7f; ++second) add({first, second});
  }
  EXPECT_EQ(components.size(), ids);
}

TEST(UserId, ComparesByText) {
  EXPECT_EQ(*UserId::parse("a"), *UserId::parse("a"));
  EXPECT_NE(*UserId::parse("a"), *UserId::parse("A"));
  EXPECT_LT(*UserId::parse("a"), *UserId::parse("b"));
}

}  // namespace
}  // namespace tintype
