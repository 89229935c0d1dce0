#include "base/metrics/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tintype {
namespace {

using testing::HasSubstr;

TEST(Metrics, CounterIsExposedWithHelpTypeAndLabels) {
  MetricsRegistry metrics;
  metrics.counter("tintype_uploads_total", "Uploads", {{"outcome", "ok"}}).Increment(3);
  EXPECT_THAT(metrics.expose(), HasSubstr("# HELP tintype_uploads_total Uploads\n# TYPE tintype_uploads_total counter\n"
                                          "tintype_uploads_total{outcome=\"ok\"} 3\n"));
}

TEST(Metrics, SameNameAndLabelsGiveTheSameMetric) {
  MetricsRegistry metrics;
  EXPECT_EQ(&metrics.counter("c_total", "help", {{"a", "1"}}), &metrics.counter("c_total", "other help", {{"a", "1"}}));
  EXPECT_NE(&metrics.counter("c_total", "help", {{"a", "1"}}), &metrics.counter("c_total", "help", {{"a", "2"}}));
  EXPECT_EQ(&metrics.gauge("g", "help"), &metrics.gauge("g", "help"));
  EXPECT_EQ(&metrics.seconds("s_seconds", "help"), &metrics.seconds("s_seconds", "help"));
}

TEST(Metrics, GaugeGoesUpAndDown) {
  MetricsRegistry metrics;
  metrics.gauge("g", "help").Set(5);
  metrics.gauge("g", "help").Decrement();
  EXPECT_THAT(metrics.expose(), HasSubstr("\ng 4\n"));
}

TEST(Metrics, SecondsAreSortedIntoBuckets) {
  MetricsRegistry metrics;
  metrics.seconds("s_seconds", "help").Observe(0.04);
  metrics.seconds("s_seconds", "help").Observe(60);
  const std::string text = metrics.expose();
  EXPECT_THAT(text, HasSubstr("s_seconds_bucket{le=\"0.0001\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("s_seconds_bucket{le=\"0.025\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("s_seconds_bucket{le=\"0.05\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("s_seconds_bucket{le=\"30\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("s_seconds_bucket{le=\"+Inf\"} 2\n"));
}

TEST(Metrics, LabelValuesAreEscaped) {
  MetricsRegistry metrics;
  metrics.counter("c_total", "help", {{"path", "a\"b\\c\nd"}}).Increment();
  EXPECT_THAT(metrics.expose(), HasSubstr(R"(c_total{path="a\"b\\c\nd"} 1)"));
}

TEST(Metrics, GaugesAreRefreshedBeforeEachExposition) {
  MetricsRegistry metrics;
  auto& gauge = metrics.gauge("g", "help");
  metrics.before_expose([&] { gauge.Increment(); });
  EXPECT_THAT(metrics.expose(), HasSubstr("\ng 1\n"));
  EXPECT_THAT(metrics.expose(), HasSubstr("\ng 2\n"));
}

TEST(ScopedTimer, ObservesOnceAtTheEnd) {
  MetricsRegistry metrics;
  auto& histogram = metrics.seconds("s_seconds", "help");
  {
    const ScopedTimer timer(histogram);
    EXPECT_THAT(metrics.expose(), HasSubstr("s_seconds_count 0\n"));
  }
  EXPECT_THAT(metrics.expose(), HasSubstr("s_seconds_count 1\n"));
}

}  // namespace
}  // namespace tintype
