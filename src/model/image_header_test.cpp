#include "model/image_header.h"

#include <gtest/gtest.h>

namespace tintype {
namespace {

TEST(ImageHeader, OrientationsFiveToEightSwapTheEdges) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    ImageHeader header;
    header.width = 400;
    header.height = 300;
    header.orientation = orientation;
    EXPECT_EQ(header.upright_width(), orientation < 5 ? 400 : 300) << orientation;
    EXPECT_EQ(header.upright_height(), orientation < 5 ? 300 : 400) << orientation;
  }
}

}  // namespace
}  // namespace tintype
