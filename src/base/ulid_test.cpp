#include "base/ulid.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

namespace tintype {
namespace {

TEST(Ulid, HasTheFormOfTheSpecification) {
  const std::string id = UlidGenerator().next(1'469'922'850'259);
  EXPECT_TRUE(is_ulid(id)) << id;
  EXPECT_EQ(id.substr(0, 10), "01ARZ3NDEK");  // made with the reference implementation, github.com/ulid/javascript
}

TEST(Ulid, SortsByTime) {
  UlidGenerator generator;
  std::string before = generator.next(1);
  for (std::uint64_t time = 2; time < 1ULL << 47; time *= 3) {
    const std::string id = generator.next(time);
    EXPECT_LT(before, id);
    before = id;
  }
}

TEST(Ulid, TimeIsReadAsItWasWritten) {
  for (const std::uint64_t time : {0ULL, 1ULL, 1'469'922'850'259ULL, (1ULL << 48) - 1}) {
    EXPECT_EQ(ulid_time(first_ulid_of(time)), time);
    EXPECT_EQ(ulid_time(ulid_beside("7ZZZZZZZZZZZZZZZZZZZZZZZZZ", time, 0)), time);
  }
}

TEST(Ulid, CountsUpWithinAMillisecond) {
  UlidGenerator generator;
  const std::string first = generator.next(1'780'000'000'000);
  const std::string second = generator.next(1'780'000'000'000);
  EXPECT_LT(first, second);
  EXPECT_EQ(first.substr(0, 10), second.substr(0, 10));
}

TEST(Ulid, ClockThatStepsBackDoesNotTakeIdsBack) {
  UlidGenerator generator;
  const std::string first = generator.next(1'780'000'000'000);
  EXPECT_LT(first, generator.next(1'779'999'000'000));
}

TEST(Ulid, StaysSortedWhenTheRandomBitsOfAMillisecondAreUsedUp) {
  UlidGenerator generator;
  std::string before = generator.next(1'780'000'000'000);
  for (int i = 0; i < 600'000; ++i) {
    std::string id = generator.next(1'780'000'000'000);
    ASSERT_LT(before, id) << i;
    before = std::move(id);
  }
  EXPECT_GT(before.substr(0, 10), UlidGenerator().next(1'780'000'000'000).substr(0, 10)) << "they were not used up";
}

TEST(Ulid, GeneratorsDoNotRepeatEachOther) {
  EXPECT_NE(UlidGenerator().next(1'780'000'000'000), UlidGenerator().next(1'780'000'000'000));
}

TEST(Ulid, ThreadsGetDistinctIds) {
  UlidGenerator generator;
  std::array<std::vector<std::string>, 4> ids;
  {
    std::vector<std::jthread> threads;
    for (auto& own : ids) {
      threads.emplace_back([&] {
        for (int i = 0; i < 500; ++i) own.push_back(generator.next(1'780'000'000'000));
      });
    }
  }
  std::set<std::string> distinct;
  for (const auto& own : ids) distinct.insert(own.begin(), own.end());
  EXPECT_EQ(distinct.size(), 2000u);
}

TEST(Ulid, RecognisedOnlyInCanonicalForm) {
  EXPECT_TRUE(is_ulid("01ARZ3NDEKTSV4RRFFQ69G5FAV"));
  EXPECT_TRUE(is_ulid("7ZZZZZZZZZZZZZZZZZZZZZZZZZ"));
  for (const char* text : {"", "01ARZ3NDEKTSV4RRFFQ69G5FA", "01ARZ3NDEKTSV4RRFFQ69G5FAVV", "01arz3ndektsv4rrffq69g5fav",
                           "81ARZ3NDEKTSV4RRFFQ69G5FAV", "I1ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAU",
                           "01ARZ3NDEKTSV4RRFFQ69G5FAL", "01ARZ3NDEKTSV4RRFFQ69G5FAO", "01ARZ3NDEK/SV4RRFFQ69G5FAV"}) {
    EXPECT_FALSE(is_ulid(text)) << text;
  }
}

}  // namespace
}  // namespace tintype
