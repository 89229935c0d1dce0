#include "base/metrics/sketch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>

namespace tintype {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

struct Shape {
  std::string name;
  std::function<double(std::mt19937_64&)> draw;  // seconds
};

// What latencies look like, and what they do not: heavy tails, two humps, one value, six decades.
std::vector<Shape> shapes() {
  using Random = std::mt19937_64;
  return {
      {"uniform", [](Random& random) { return std::uniform_real_distribution(0.001, 2.0)(random); }},
      {"exponential", [](Random& random) { return 1e-5 + std::exponential_distribution(20.0)(random); }},
      {"lognormal", [](Random& random) { return std::lognormal_distribution(-3.0, 1.5)(random); }},
      {"pareto",
       [](Random& random) { return 1e-4 / std::sqrt(1 - std::uniform_real_distribution(0.0, 0.999)(random)); }},
      {"two humps", [](Random& random) { return random() % 10 == 0 ? 1.5 : 20e-6; }},
      {"constant", [](Random&) { return 0.25; }},
      {"decades", [](Random& random) { return std::pow(10, std::uniform_real_distribution(-5.5, 3.0)(random)); }},
  };
}

double exact(const std::vector<double>& sorted, double q) {
  return sorted[static_cast<std::size_t>(q * static_cast<double>(sorted.size() - 1))];
}

class SketchOf : public testing::TestWithParam<Shape> {};

TEST_P(SketchOf, QuantilesAreWithinOnePercentOfTheExactOnes) {
  for (const std::size_t size : {1U, 2U, 10U, 1'000U, 50'000U}) {
    std::mt19937_64 random(size);
    Sketch sketch;
    std::vector<double> values;
    for (std::size_t i = 0; i < size; ++i) {
      values.push_back(GetParam().draw(random));
      sketch.add(values.back());
    }
    std::ranges::sort(values);
    for (const double q : {0.0, 0.01, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999, 1.0}) {
      const double want = exact(values, q);
      EXPECT_NEAR(*sketch.quantile(q), want, want * Sketch::kRelativeError * 1.000001) << size << " values, q " << q;
    }
  }
}

TEST_P(SketchOf, PartsMergeToTheSketchOfTheWhole) {
  std::mt19937_64 random(7);
  Sketch whole;
  std::array<Sketch, 5> parts;
  for (int i = 0; i < 10'000; ++i) {
    const double value = GetParam().draw(random);
    whole.add(value);
    parts[random() % 3 * 2].add(value);  // two of them stay empty
  }
  Sketch merged;
  for (const Sketch& part : parts) merged.merge(part);
  EXPECT_EQ(merged.count(), whole.count());
  for (int percent = 0; percent <= 100; ++percent) {
    EXPECT_EQ(merged.quantile(percent / 100.0), whole.quantile(percent / 100.0)) << percent;
  }
}

TEST_P(SketchOf, SampleHasTheQuantilesOfTheWhole) {
  std::mt19937_64 random(11);
  Sketch whole;
  for (int i = 0; i < 10'000; ++i) whole.add(GetParam().draw(random));
  const auto sample = whole.sample(100);
  ASSERT_THAT(sample, SizeIs(100));
  EXPECT_EQ(sample.front(), *whole.quantile(0));
  EXPECT_EQ(sample.back(), *whole.quantile(1));
  for (const double q : {0.5, 0.95, 0.99}) {
    EXPECT_GE(exact(sample, q), *whole.quantile(q - 0.01)) << q;
    EXPECT_LE(exact(sample, q), *whole.quantile(std::min(q + 0.01, 1.0))) << q;
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, SketchOf, testing::ValuesIn(shapes()), [](const auto& shape) {
  std::string name = shape.param.name;
  std::erase(name, ' ');
  return name;
});

TEST(Sketch, EmptyHasNoQuantileAndNoSample) {
  EXPECT_EQ(Sketch().quantile(0.5), std::nullopt);
  EXPECT_THAT(Sketch().sample(100), IsEmpty());
}

TEST(Sketch, FewValuesAreAllInTheSample) {
  Sketch sketch;
  for (const double value : {0.3, 0.1, 0.1}) sketch.add(value);
  const double low = *sketch.quantile(0);
  EXPECT_THAT(sketch.sample(100), ElementsAre(low, low, *sketch.quantile(1)));
}

TEST(Sketch, EachBucketHoldsItsOwnValue) {
  for (std::size_t bucket = 1; bucket < Sketch::kBuckets - 1; ++bucket) {
    EXPECT_EQ(Sketch::bucket_of(Sketch::value_of(bucket)), bucket);
  }
}

TEST(Sketch, WhatIsOutOfRangeCountsAsTheNearestThatIsNot) {
  Sketch sketch;
  for (const double value : {-1.0, 0.0, 1e-9, std::nan("")}) sketch.add(value);
  EXPECT_NEAR(*sketch.quantile(1), 1e-6, 0.02e-6);
  for (const double value : {1e6, HUGE_VAL}) EXPECT_NEAR(Sketch::value_of(Sketch::bucket_of(value)), 3600, 36);
}

}  // namespace
}  // namespace tintype
