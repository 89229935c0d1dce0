#include "base/random.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace tintype {
namespace {

TEST(Random, FillsTheWholeOfALongBuffer) {
  std::vector<std::byte> bytes(1 << 20);  // more than one getrandom(2) need give
  fill_random(bytes);
  for (const std::size_t part : {std::size_t{0}, bytes.size() / 2, bytes.size() - 32}) {
    EXPECT_NE(std::vector(bytes.begin() + static_cast<std::ptrdiff_t>(part),
                          bytes.begin() + static_cast<std::ptrdiff_t>(part) + 32),
              std::vector<std::byte>(32));
  }
}

TEST(Random, DoesNotRepeatItself) {
  std::vector<std::byte> first(32);
  std::vector<std::byte> second(32);
  fill_random(first);
  fill_random(second);
  EXPECT_NE(first, second);
}

TEST(RandomHex, TextHasTwoDigitsForEachByteAndIsNeverTheSame) {
  const std::string first = random_hex(16);
  EXPECT_EQ(first.size(), 32u);
  EXPECT_EQ(first.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(random_hex(16), first);
  EXPECT_EQ(random_hex(0), "");
}

TEST(RandomShare, LiesBetweenNoughtAndOneInAllParts) {
  std::array<int, 4> quarters{};
  for (int i = 0; i < 1000; ++i) {
    const double share = random_share();
    ASSERT_GE(share, 0.0);
    ASSERT_LT(share, 1.0);
    ++quarters.at(static_cast<std::size_t>(share * 4));
  }
  for (const int count : quarters) EXPECT_GT(count, 100);
}

}  // namespace
}  // namespace tintype
