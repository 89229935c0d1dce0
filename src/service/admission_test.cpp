#include "service/admission.h"

#include <gtest/gtest.h>

#include <future>
#include <mutex>
#include <thread>

#include "tests/support/process_tree.h"

namespace tintype {
namespace {

using namespace std::chrono_literals;
using testing_support::eventually;

Deadline soon() {
  return Deadline::after(10s);
}

TEST(Admission, FreeSlotIsGivenAtOnce) {
  Admission admission({.slots = 1, .memory_budget = 100, .waiting = 0});
  auto ticket = admission.enter(60, soon());
  ASSERT_TRUE(ticket);
  EXPECT_EQ(admission.running(), 1);
  EXPECT_EQ(admission.reserved_bytes(), 60U);
}

TEST(Admission, TicketThatDiesGivesBackSlotAndBytes) {
  Admission admission({.slots = 1, .memory_budget = 100, .waiting = 0});
  {
    auto ticket = admission.enter(60, soon());
  }
  EXPECT_EQ(admission.running(), 0);
  EXPECT_EQ(admission.reserved_bytes(), 0U);
}

TEST(Admission, FullLineIsRefusedAtOnce) {
  Admission admission({.slots = 1, .memory_budget = 100, .waiting = 0});
  auto running = admission.enter(10, soon());
  ASSERT_TRUE(running);
  const auto refused = admission.enter(10, Deadline::never());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Overloaded);
}

TEST(Admission, DeadlineInLineIsOverloaded) {
  Admission admission({.slots = 1, .memory_budget = 100, .waiting = 5});
  auto running = admission.enter(10, soon());
  const auto refused = admission.enter(10, Deadline::after(5ms));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Overloaded);
  EXPECT_EQ(admission.waiting(), 0);
}

// The order in which three who came one after the other have their turns.
std::vector<int> order_of_turns(Admission& admission) {
  auto running = admission.enter(10, soon());
  std::mutex mutex;
  std::vector<int> order;
  std::vector<std::future<void>> waiting;
  for (int number = 0; number < 3; ++number) {
    waiting.push_back(std::async(std::launch::async, [&, number] {
      const auto ticket = admission.enter(10, soon());
      const std::lock_guard lock(mutex);
      order.push_back(number);
    }));
    EXPECT_TRUE(eventually([&] { return admission.waiting() == number + 1; }));
  }
  running->release();
  for (auto& each : waiting) each.get();
  return order;
}

TEST(Admission, FirstInLineGoesFirst) {
  Admission admission({.slots = 1, .memory_budget = 100, .waiting = 5});
  EXPECT_EQ(order_of_turns(admission), (std::vector{0, 1, 2}));
}

TEST(Admission, LastInLineGoesFirstWhenTheFirstHasWaitedForLong) {
  Admission admission({.slots = 1, .memory_budget = 100, .waiting = 5, .long_wait = 0ms});
  EXPECT_EQ(order_of_turns(admission), (std::vector{2, 1, 0}));
}

TEST(Admission, BytesBeyondTheBudgetWaitThoughASlotIsFree) {
  Admission admission({.slots = 2, .memory_budget = 100, .waiting = 5});
  auto first = admission.enter(70, soon());
  ASSERT_TRUE(first);
  auto second = std::async(std::launch::async, [&] { return admission.enter(40, soon()).has_value(); });
  ASSERT_TRUE(eventually([&] { return admission.waiting() == 1; }));
  EXPECT_EQ(admission.running(), 1);
  first->release();
  EXPECT_TRUE(second.get());
}

TEST(Admission, ImageAboveTheWholeBudgetIsLetInAlone) {
  Admission admission({.slots = 2, .memory_budget = 100, .waiting = 5});
  auto huge = admission.enter(5000, soon());
  ASSERT_TRUE(huge);
  EXPECT_EQ(admission.reserved_bytes(), 100U);
  EXPECT_FALSE(admission.enter(1, Deadline::after(5ms)));
}

TEST(Admission, SmallImageDoesNotPassALargeOneThatWaits) {
  Admission admission({.slots = 3, .memory_budget = 100, .waiting = 5});
  auto running = admission.enter(60, soon());
  std::atomic<int> order{0};
  auto large = std::async(std::launch::async, [&] {
    auto ticket = admission.enter(80, soon());
    return std::pair(ticket.has_value(), order++);
  });
  ASSERT_TRUE(eventually([&] { return admission.waiting() == 1; }));
  auto small = std::async(std::launch::async, [&] {
    auto ticket = admission.enter(30, soon());  // would fit now
    return std::pair(ticket.has_value(), order++);
  });
  ASSERT_TRUE(eventually([&] { return admission.waiting() == 2; }));
  running->release();
  EXPECT_EQ(large.get(), std::pair(true, 0));
  EXPECT_EQ(small.get(), std::pair(true, 1));
}

TEST(Admission, OneThatGivesUpLetsThoseBehindItIn) {
  Admission admission({.slots = 3, .memory_budget = 100, .waiting = 5});
  auto running = admission.enter(60, soon());
  auto large = std::async(std::launch::async, [&] { return admission.enter(80, Deadline::after(50ms)).has_value(); });
  ASSERT_TRUE(eventually([&] { return admission.waiting() == 1; }));
  auto small = std::async(std::launch::async, [&] { return admission.enter(30, soon()).has_value(); });
  EXPECT_FALSE(large.get());
  EXPECT_TRUE(small.get());
}

TEST(Admission, ManyThreadsNeverExceedTheLimits) {
  Admission admission({.slots = 3, .memory_budget = 100, .waiting = 100});
  std::atomic<int> running{0};
  std::atomic<bool> exceeded{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 50; ++round) {
        auto ticket = admission.enter(40, soon());
        if (!ticket || ++running > 2) exceeded = true;  // two times 40 fit, three do not
        --running;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_FALSE(exceeded);
  EXPECT_EQ(admission.reserved_bytes(), 0U);
}

// A row of the measurements in docs/operations.md: what one render of `header` was seen to take.
struct Measured {
  const char* name;
  ImageHeader header;
  int max_edge;
  std::uint64_t megabytes;
};

class PredictedBytes : public testing::TestWithParam<Measured> {};

TEST_P(PredictedBytes, CoverWhatWasMeasuredAndAreNoWilderThanThreeTimesAsMuch) {
  const Measured& row = GetParam();
  const RenderSpec spec{.fit = RenderSpec::Fit::Inside, .width = row.max_edge, .height = row.max_edge};
  const std::uint64_t predicted = predicted_bytes(row.header, spec) / 1'000'000;
  EXPECT_GE(predicted, row.megabytes);
  EXPECT_LE(predicted, 3 * row.megabytes + 40);
}

constexpr auto kJpeg = ImageFormat::Jpeg;
constexpr auto kPng = ImageFormat::Png;
constexpr auto kWebp = ImageFormat::Webp;
INSTANTIATE_TEST_SUITE_P(
    Measurements, PredictedBytes,
    testing::Values(
        Measured{"Jpeg12", {.format = kJpeg, .width = 4032, .height = 3024, .bands = 3}, 2048, 23},
        Measured{"Jpeg64", {.format = kJpeg, .width = 8000, .height = 8000, .bands = 3}, 2048, 24},
        Measured{"Progressive64",
                 {.format = kJpeg, .width = 8000, .height = 8000, .bands = 3, .progressive = true},
                 2048,
                 392},
        Measured{"PngRgb12", {.format = kPng, .width = 4000, .height = 3000, .bands = 3}, 2048, 12},
        Measured{"PngRgba12", {.format = kPng, .width = 4000, .height = 3000, .bands = 4}, 2048, 51},
        Measured{"PngRgba16Deep12",
                 {.format = kPng, .width = 4000, .height = 3000, .bands = 4, .bits_per_band = 16},
                 2048,
                 78},
        Measured{"PngInterlacedDeep64",
                 {.format = kPng, .width = 8000, .height = 8000, .bands = 4, .bits_per_band = 16, .progressive = true},
                 2048,
                 534},
        Measured{"Webp12", {.format = kWebp, .width = 4000, .height = 3000, .bands = 3}, 2048, 104},
        Measured{"Webp64", {.format = kWebp, .width = 8000, .height = 8000, .bands = 3}, 2048, 133},
        Measured{"JpegOriginalSize64",
                 {.format = kJpeg, .width = 8000, .height = 8000, .bands = 3, .orientation = 6},
                 0,
                 377}),
    [](const auto& row) { return row.param.name; });

TEST(AdmissionBehind, FreeSlotIsGivenAtOnce) {
  Admission admission({.slots = 1, .memory_budget = 100, .waiting = 0});
  EXPECT_TRUE(admission.enter_behind(10, soon()));
}

TEST(AdmissionBehind, WhoeverStandsInLineGoesFirst) {
  Admission admission({.slots = 1, .memory_budget = 100, .waiting = 5, .patience = 1h});
  auto running = admission.enter(10, soon());
  std::atomic<bool> behind_had_its_turn{false};
  auto behind = std::async(std::launch::async, [&] {
    const auto ticket = admission.enter_behind(10, soon());
    behind_had_its_turn = true;
    return ticket.has_value();
  });
  ASSERT_TRUE(eventually([&] { return admission.behind() == 1; }));
  auto in_line = std::async(std::launch::async, [&] {
    const auto ticket = admission.enter(10, soon());
    return ticket.has_value() && !behind_had_its_turn;
  });
  ASSERT_TRUE(eventually([&] { return admission.waiting() == 1; }));
  running->release();
  EXPECT_TRUE(in_line.get());
  EXPECT_TRUE(behind.get());
}

TEST(AdmissionBehind, NobodyNewWaitsForIt) {
  Admission admission({.slots = 1, .memory_budget = 100, .waiting = 5, .patience = 1h});
  auto running = admission.enter(10, soon());
  auto behind = std::async(std::launch::async, [&] { return admission.enter_behind(60, soon()).has_value(); });
  ASSERT_TRUE(eventually([&] { return admission.behind() == 1; }));
  EXPECT_EQ(admission.waiting(), 0);
  running->release();
  EXPECT_TRUE(behind.get());
}

TEST(AdmissionBehind, AfterItsPatienceItStandsInLine) {
  Admission admission({.slots = 1, .memory_budget = 100, .waiting = 0, .patience = 5ms});
  auto running = admission.enter(10, soon());
  auto behind = std::async(std::launch::async, [&] { return admission.enter_behind(10, soon()).has_value(); });
  EXPECT_TRUE(eventually([&] { return admission.waiting() == 1; })) << "though the line is full";
  running->release();
  EXPECT_TRUE(behind.get());
}

TEST(AdmissionBehind, DeadlineIsOverloadedAndLeavesNoTrace) {
  Admission admission({.slots = 1, .memory_budget = 100, .waiting = 5, .patience = 1ms});
  const auto running = admission.enter(10, soon());
  const auto refused = admission.enter_behind(10, Deadline::after(20ms));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Overloaded);
  EXPECT_EQ(admission.waiting(), 0);
  EXPECT_EQ(admission.behind(), 0);
}

}  // namespace
}  // namespace tintype
