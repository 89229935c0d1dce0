#include "model/render_spec.h"

#include <gtest/gtest.h>

#include <ostream>

namespace tintype {

std::ostream& operator<<(std::ostream& out, Size size) {
  return out << size.width << 'x' << size.height;
}

namespace {

struct Case {
  RenderSpec::Fit fit;
  Size box, source, output;
};
constexpr auto kInside = RenderSpec::Fit::Inside;
constexpr auto kCover = RenderSpec::Fit::Cover;

constexpr Case kCases[] = {
    {kInside, {2048, 2048}, {4096, 2048}, {2048, 1024}},
    {kInside, {2048, 2048}, {2048, 4096}, {1024, 2048}},
    {kInside, {2048, 2048}, {4000, 3000}, {2048, 1536}},
    {kInside, {2048, 1000}, {4000, 3000}, {1333, 1000}},
    {kInside, {2048, 2048}, {2048, 2048}, {2048, 2048}},
    {kInside, {2048, 2048}, {2049, 2048}, {2048, 2047}},
    {kInside, {2048, 2048}, {100, 50}, {100, 50}},  // never enlarged
    {kInside, {2048, 2048}, {100, 4096}, {50, 2048}},
    {kInside, {2048, 2048}, {100'000, 1}, {2048, 1}},  // no edge vanishes
    {kInside, {1, 1}, {3, 2}, {1, 1}},
    {kInside, {0, 0}, {4000, 3000}, {4000, 3000}},
    {kInside, {kMaxWebpEdge, kMaxWebpEdge}, {65'535, 65'535}, {kMaxWebpEdge, kMaxWebpEdge}},
    {kInside, {3, 3}, {65'535, 65'534}, {3, 3}},
    {kCover, {400, 400}, {4000, 3000}, {400, 400}},
    {kCover, {400, 400}, {10, 20}, {400, 400}},  // enlarged
};

TEST(RenderSpec, OutputSizeFollowsTheFit) {
  for (const Case& row : kCases) {
    RenderSpec spec;
    spec.fit = row.fit;
    spec.width = row.box.width;
    spec.height = row.box.height;
    EXPECT_EQ(output_size(spec, row.source), row.output) << row.source << " into " << row.box;
  }
}

TEST(RenderSpec, InsideIsNeverLargerThanTheBoxOrTheSource) {
  RenderSpec spec;
  spec.width = 317;
  spec.height = 211;
  for (int width = 1; width < 1200; width += 7) {
    for (int height = 1; height < 1200; height += 13) {
      const Size size = output_size(spec, {width, height});
      ASSERT_TRUE(size.width <= 317 && size.height <= 211 && size.width <= width && size.height <= height)
          << width << 'x' << height << " became " << size;
    }
  }
}

}  // namespace
}  // namespace tintype
