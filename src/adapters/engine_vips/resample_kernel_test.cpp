#include "adapters/engine_vips/resample_kernel.h"

#include <gmock/gmock.h>

#include <numeric>

namespace tintype {
namespace {

using testing::ElementsAre;
using testing::FloatNear;

double sum_of(const ResampleKernel& kernel, int index) {
  return std::accumulate(kernel.weights(index), kernel.weights(index) + kernel.taps(), 0.0);
}

// What lies in the middle of the weights of a sample, in samples of the source.
double centre_of(const ResampleKernel& kernel, int index) {
  double centre = 0;
  for (int i = 0; i < kernel.taps(); ++i) centre += (kernel.first()[index] + i + 0.5) * kernel.weights(index)[i];
  return centre;
}

TEST(ResampleKernel, SameSizeTakesEachSampleAsItIs) {
  const ResampleKernel kernel(5, 5, 0, 1);
  ASSERT_EQ(kernel.taps(), 1);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(kernel.first()[i], i);
    EXPECT_EQ(*kernel.weights(i), 1.F);
  }
}

TEST(ResampleKernel, WeightsAddUpToOneAtTheEdgesToo) {
  for (const double step : {0.1, 0.7, 1.5, 2.93, 15.0}) {
    const ResampleKernel kernel(100, static_cast<int>(100 / step), 0, step);
    for (int i = 0; i < kernel.count(); ++i) EXPECT_NEAR(sum_of(kernel, i), 1, 1e-5) << step << ' ' << i;
  }
}

TEST(ResampleKernel, SamplesLieWhereTheTargetSaysTheyDo) {
  const ResampleKernel kernel(200, 40, 20.5, 2.5);
  for (int i = 0; i < kernel.count(); ++i) EXPECT_NEAR(centre_of(kernel, i), 20.5 + (i + 0.5) * 2.5, 0.01) << i;
}

TEST(ResampleKernel, ReachesNoFurtherThanTheSource) {
  const ResampleKernel kernel(7, 3, 0, 7.0 / 3);
  EXPECT_EQ(kernel.begin(), 0);
  EXPECT_EQ(kernel.end(), 7);
}

TEST(ResampleKernel, CropUsesOnlyWhatIsNearIt) {
  const ResampleKernel kernel(1000, 10, 500, 2);
  EXPECT_GE(kernel.begin(), 500 - 7);
  EXPECT_LE(kernel.end(), 520 + 7);
}

TEST(ResampleKernel, OneSampleIsEnough) {
  const ResampleKernel kernel(1, 3, 0, 1.0 / 3);
  for (int i = 0; i < 3; ++i) EXPECT_NEAR(sum_of(kernel, i), 1, 1e-6);
  EXPECT_EQ(kernel.end(), 1);
}

}  // namespace
}  // namespace tintype
