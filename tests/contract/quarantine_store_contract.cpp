// What every QuarantineStore must do, sentence by sentence of ports/quarantine_store.h. An adapter adds a factory at
// the end and runs all of it.
#include "tests/contract/quarantine_store_contract.h"

#include <gmock/gmock.h>

#include <thread>

#include "adapters/quarantine_sqlite/sqlite_quarantine_store.h"
#include "tests/support/memory_quarantine_store.h"
#include "tests/support/temp_directory.h"

namespace tintype {

void PrintTo(const QuarantineEntry& entry, std::ostream* out) {
  *out << entry.content_sha256 << ": " << entry.strikes << ", " << entry.reason << ", " << to_rfc3339(entry.last_strike)
       << " to " << to_rfc3339(entry.expires);
}

namespace testing_support {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(QuarantineStoreContract, FirstStrikeMakesAnEntryWithEveryMember) {
  const auto struck = store().add_strike(hash('a'), "deadline", now_, now_ + kDay, soon());
  ASSERT_TRUE(struck) << to_string(struck.error());
  const QuarantineEntry expected{
      .content_sha256 = hash('a'), .strikes = 1, .reason = "deadline", .last_strike = now_, .expires = now_ + kDay};
  EXPECT_EQ(*struck, expected);
  EXPECT_EQ(find(hash('a'), now_), expected);
  EXPECT_THAT(store().list(now_, 1, soon()).value(), ElementsAre(expected));
}

TEST_P(QuarantineStoreContract, SecondStrikeCountsAndReplacesReasonTimeAndExpiry) {
  strike(hash('a'), now_);
  const UnixTime later = now_ + 1h;
  const auto struck = store().add_strike(hash('a'), "deadline", later, later + 7 * kDay, soon());
  ASSERT_TRUE(struck) << to_string(struck.error());
  const QuarantineEntry expected{.content_sha256 = hash('a'),
                                 .strikes = kStrikesToQuarantine,
                                 .reason = "deadline",
                                 .last_strike = later,
                                 .expires = later + 7 * kDay};
  EXPECT_EQ(*struck, expected);
  EXPECT_EQ(find(hash('a'), later), expected);
}

TEST_P(QuarantineStoreContract, StrikesBeyondTheQuarantineAreCounted) {
  for (int strikes = 1; strikes <= kStrikesToQuarantine + 3; ++strikes) {
    EXPECT_EQ(strike(hash('a'), now_).strikes, strikes);
  }
}

TEST_P(QuarantineStoreContract, ExpiryMayMoveBackwards) {
  strike(hash('a'), now_, kDay);
  strike(hash('a'), now_ + 1ms, 1h);
  EXPECT_TRUE(find(hash('a'), now_ + 1h));
  EXPECT_FALSE(find(hash('a'), now_ + 1h + 1ms));
}

TEST_P(QuarantineStoreContract, FindOfUnknownHashGivesNothing) {
  strike(hash('a'), now_);
  EXPECT_FALSE(find(hash('b'), now_));
  EXPECT_FALSE(find(hash('a').substr(1), now_));
  EXPECT_FALSE(find(hash('A'), now_));
}

TEST_P(QuarantineStoreContract, EntryIsGoneAtItsExpiryAndNotBefore) {
  strike(hash('a'), now_, 1h);
  EXPECT_TRUE(find(hash('a'), now_ + 1h - 1ms));
  EXPECT_THAT(listed(now_ + 1h - 1ms), ElementsAre(hash('a')));
  EXPECT_FALSE(find(hash('a'), now_ + 1h));
  EXPECT_THAT(listed(now_ + 1h), IsEmpty());
}

TEST_P(QuarantineStoreContract, StrikeAfterExpiryCountsFromOne) {
  strike(hash('a'), now_, 1h);
  strike(hash('a'), now_, 1h);
  EXPECT_EQ(strike(hash('a'), now_ + 1h).strikes, 1);
  EXPECT_EQ(find(hash('a'), now_ + 1h)->strikes, 1);
}

TEST_P(QuarantineStoreContract, StrikesOfOtherContentsDoNotCount) {
  strike(hash('a'), now_);
  EXPECT_EQ(strike(hash('b'), now_).strikes, 1);
  EXPECT_EQ(find(hash('a'), now_)->strikes, 1);
}

TEST_P(QuarantineStoreContract, ListBeginsWithTheNewestStrike) {
  strike(hash('a'), now_);
  strike(hash('b'), now_ + 2ms);
  strike(hash('c'), now_ + 1ms);
  EXPECT_THAT(listed(now_), ElementsAre(hash('b'), hash('c'), hash('a')));
  strike(hash('a'), now_ + 3ms);
  EXPECT_THAT(listed(now_), ElementsAre(hash('a'), hash('b'), hash('c')));
}

TEST_P(QuarantineStoreContract, ListOfOneTimeIsInTheOrderOfHashes) {
  for (const char digit : {'c', '1', 'f', 'a'}) strike(hash(digit), now_);
  EXPECT_THAT(listed(now_), ElementsAre(hash('1'), hash('a'), hash('c'), hash('f')));
}

TEST_P(QuarantineStoreContract, ListGivesAtMostItsLimit) {
  EXPECT_THAT(listed(now_), IsEmpty());
  for (const char digit : {'a', 'b', 'c'}) strike(hash(digit), now_);
  EXPECT_THAT(listed(now_, 2), ElementsAre(hash('a'), hash('b')));
  EXPECT_THAT(listed(now_, 0), IsEmpty());
  EXPECT_THAT(listed(now_, -1), IsEmpty());
}

TEST_P(QuarantineStoreContract, LimitOfListDoesNotCountWhatHasExpired) {
  strike(hash('a'), now_, kDay);
  strike(hash('b'), now_ + 1ms, 1h);
  EXPECT_THAT(listed(now_ + 2h, 1), ElementsAre(hash('a')));
}

TEST_P(QuarantineStoreContract, ForgottenEntryIsGoneWithItsStrikes) {
  strike(hash('a'), now_);
  strike(hash('a'), now_);
  strike(hash('b'), now_);
  EXPECT_EQ(store().forget(hash('a'), soon()), true);
  EXPECT_FALSE(find(hash('a'), now_));
  EXPECT_THAT(listed(now_), ElementsAre(hash('b')));
  EXPECT_EQ(strike(hash('a'), now_).strikes, 1);
}

TEST_P(QuarantineStoreContract, ForgetOfWhatIsNotListedGivesFalse) {
  EXPECT_EQ(store().forget(hash('a'), soon()), false);
  strike(hash('a'), now_);
  EXPECT_EQ(store().forget(hash('b'), soon()), false);
  EXPECT_EQ(store().forget(hash('a'), soon()), true);
  EXPECT_EQ(store().forget(hash('a'), soon()), false);
}

TEST_P(QuarantineStoreContract, ExpiredDeadlineReturnsDeadlineExceededAndNothingHappens) {
  const QuarantineEntry before = strike(hash('a'), now_);
  const UnixTime later = now_ + 1h;
  const auto code = ErrorCode::DeadlineExceeded;
  EXPECT_EQ(store().add_strike(hash('a'), "late", later, later + kDay, passed()).error().code, code);
  EXPECT_EQ(store().add_strike(hash('b'), "late", later, later + kDay, passed()).error().code, code);
  EXPECT_EQ(store().find(hash('a'), now_, passed()).error().code, code);
  EXPECT_EQ(store().list(now_, 1, passed()).error().code, code);
  EXPECT_EQ(store().forget(hash('a'), passed()).error().code, code);
  EXPECT_THAT(store().list(now_, 10, soon()).value(), ElementsAre(before));
}

TEST_P(QuarantineStoreContract, StrikesAtTheSameTimeAllCount) {
  constexpr int kThreads = 8;
  constexpr int kStrikes = 25;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([this] {
        for (int strikes = 1; strikes <= kStrikes; ++strikes) {
          EXPECT_GE(strike(hash('a'), now_).strikes, strikes);
          EXPECT_GE(find(hash('a'), now_)->strikes, strikes);
        }
      });
    }
  }
  EXPECT_EQ(find(hash('a'), now_)->strikes, kThreads * kStrikes);
}

class SqliteUnderTest final : public QuarantineStoreUnderTest {
 public:
  QuarantineStore& store() override { return *store_; }

 private:
  TempDirectory directory_;
  std::unique_ptr<SqliteQuarantineStore> store_ =
      SqliteQuarantineStore::open(directory_.path() / "quarantine.db").value();
};

class MemoryUnderTest final : public QuarantineStoreUnderTest {
 public:
  QuarantineStore& store() override { return store_; }

 private:
  MemoryQuarantineStore store_;
};

INSTANTIATE_TEST_SUITE_P(
    Adapters, QuarantineStoreContract,
    testing::Values(QuarantineStoreAdapter{"sqlite", [] { return std::make_unique<SqliteUnderTest>(); }},
                    QuarantineStoreAdapter{"memory", [] { return std::make_unique<MemoryUnderTest>(); }}),
    [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace testing_support
}  // namespace tintype
