#include "base/metrics/distribution.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace tintype {
namespace {

TEST(Distribution, CurrentSlotIsPartOfWhatIsRecent) {
  Distribution distribution;
  distribution.observe(0.5);
  EXPECT_EQ(distribution.recent().count(), 1U);
  EXPECT_NEAR(*distribution.recent().quantile(0.5), 0.5, 0.005);
}

TEST(Distribution, SlotsLeaveTheWindowAfterFiveMinutes) {
  Distribution distribution;
  distribution.observe(0.5);
  for (int slot = 1; slot < Distribution::kSlots; ++slot) distribution.next_slot();
  EXPECT_EQ(distribution.recent().count(), 1U);
  distribution.next_slot();
  EXPECT_EQ(distribution.recent().count(), 0U);
}

TEST(Distribution, ShorterWindowsSeeTheNewestSlotsOnly) {
  Distribution distribution;
  for (int slot = 0; slot < 10; ++slot) {
    for (int i = 0; i <= slot; ++i) distribution.observe(0.1);  // 1, 2, … 10
    if (slot < 9) distribution.next_slot();
  }
  EXPECT_EQ(distribution.recent(1).count(), 10U);
  EXPECT_EQ(distribution.recent(3).count(), 10U + 9 + 8);
  EXPECT_EQ(distribution.recent().count(), 55U);
}

TEST(Distribution, TotalsGoOnWhenTheWindowHasForgotten) {
  Distribution distribution;
  for (int slot = 0; slot < 2 * Distribution::kSlots; ++slot) {
    distribution.observe(0.25);
    distribution.next_slot();
  }
  EXPECT_EQ(distribution.totals().count, 60U);
  EXPECT_DOUBLE_EQ(distribution.totals().sum, 15);
}

TEST(Distribution, NothingIsLostWhileSlotsEndUnderLoad) {
  constexpr int kThreads = 4;
  constexpr int kEach = 200'000;
  Distribution distribution;
  std::atomic<int> at_work{kThreads};
  std::vector<std::jthread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) distribution.observe(i % 2 == 0 ? 20e-6 : 0.5);
      --at_work;
    });
  }
  int slots = 0;
  std::uint64_t last = 0;
  while (at_work > 0) {
    if (++slots < Distribution::kSlots) distribution.next_slot();
    const auto total = distribution.totals().count;
    EXPECT_GE(total, last);
    last = total;
  }
  threads.clear();
  EXPECT_EQ(distribution.totals().count, kThreads * kEach);
  EXPECT_EQ(distribution.recent().count(), kThreads * kEach);
  EXPECT_NEAR(distribution.totals().sum, kThreads * kEach / 2 * (20e-6 + 0.5), 0.001);
}

}  // namespace
}  // namespace tintype
