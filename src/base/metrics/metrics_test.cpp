#include "base/metrics/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tintype {
namespace {

using testing::HasSubstr;
using testing::Not;

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

TEST(Metrics, SummaryShowsRecentQuantilesAndTotals) {
  MetricsRegistry metrics;
  auto& summary = metrics.summary("s_seconds", "help");
  EXPECT_EQ(&summary, &metrics.summary("s_seconds", "other help"));
  summary.observe(0.5);
  const std::string text = metrics.expose();
  EXPECT_THAT(text,
              HasSubstr("# HELP s_seconds help\n# TYPE s_seconds summary\ns_seconds_count 1\ns_seconds_sum 0.5\n"));
  for (const char* quantile : {"0.5", "0.95", "0.99"}) {
    EXPECT_THAT(text, HasSubstr(std::string("s_seconds{quantile=\"") + quantile + "\"} 0."));
  }
}

TEST(Metrics, SummaryWithoutRecentValuesHasTotalsOnly) {
  MetricsRegistry metrics;
  metrics.summary("s_seconds", "help").observe(0.5);
  for (int slot = 0; slot < Distribution::kSlots; ++slot) metrics.next_slot();
  EXPECT_THAT(metrics.expose(), HasSubstr("s_seconds_count 1\n"));
  EXPECT_THAT(metrics.expose(), Not(HasSubstr("quantile")));
}

TEST(Metrics, GaugeIsThereWhenItsValueIsKnown) {
  MetricsRegistry metrics;
  std::optional<double> memory;
  metrics.gauge_if_known("r", "help", {{"cache", "memory"}}, [&] { return memory; });
  metrics.gauge_if_known("r", "help", {{"cache", "redis"}}, [] { return 0.5; });
  EXPECT_THAT(metrics.expose(), Not(HasSubstr("memory")));
  memory = 0.25;
  EXPECT_THAT(metrics.expose(),
              HasSubstr("# HELP r help\n# TYPE r gauge\nr{cache=\"memory\"} 0.25\nr{cache=\"redis\"} 0.5\n"));
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
