#include "config/nearest_name.h"

#include <gtest/gtest.h>

#include <array>

namespace tintype::config {
namespace {

TEST(EditDistance, OfEqualTextsIsZero) {
  EXPECT_EQ(edit_distance("listen", "listen"), 0u);
}

TEST(EditDistance, CountsInsertionsRemovalsAndReplacements) {
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("abc", ""), 3u);
}

TEST(EditDistance, IgnoresCase) {
  EXPECT_EQ(edit_distance("Listen", "LISTEN"), 0u);
}

TEST(NearestName, IsTheOneWithTheFewestEdits) {
  const std::array<std::string, 3> known = {"max-pixels", "max-upload-bytes", "listen"};
  EXPECT_EQ(nearest_name("max-pixel", known), "max-pixels");
  EXPECT_EQ(nearest_name("lisen", known), "listen");
}

}  // namespace
}  // namespace tintype::config
