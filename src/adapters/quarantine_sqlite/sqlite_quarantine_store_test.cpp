// What the store in a SQLite file promises beyond the port; the rest is in
// tests/contract/quarantine_store_contract.cpp.
#include "adapters/quarantine_sqlite/sqlite_quarantine_store.h"

#include <gmock/gmock.h>

#include <fstream>

#include "tests/support/temp_directory.h"

namespace tintype {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr UnixTime kNow{std::chrono::milliseconds(1'790'000'000'123)};
constexpr std::size_t kPageSize = 4096;  // SQLite's default

std::string hash(char digit) {
  return std::string(64, digit);
}
Deadline soon() {
  return Deadline::after(30s);
}

class SqliteQuarantineStoreTest : public testing::Test {
 protected:
  std::unique_ptr<SqliteQuarantineStore> open(std::int64_t capacity = 10'000) const {
    return SqliteQuarantineStore::open(file_, {.capacity = capacity}).value();
  }
  Error error_of_open() const {
    const auto opened = SqliteQuarantineStore::open(file_);
    return opened ? Error{ErrorCode::Internal, "it opened"} : opened.error();
  }
  std::int64_t rows() const {
    auto connection = sqlite::Connection::open_read_only(file_).value();
    auto count = connection->statement("SELECT count(*) FROM quarantine").value();
    EXPECT_TRUE(count.step().value());
    return count.integer(0);
  }
  std::unique_ptr<sqlite::Connection> other_program() const {
    return sqlite::Connection::open_read_write(file_, 5s).value();
  }

  static int strike(QuarantineStore& store, char digit, UnixTime at = kNow) {
    const auto struck = store.add_strike(hash(digit), "signal 11", at, at + 1h, soon());
    EXPECT_TRUE(struck) << to_string(struck.error());
    return struck ? struck->strikes : 0;
  }
  static std::vector<char> listed(QuarantineStore& store) {
    std::vector<char> digits;
    const auto entries = store.list(kNow, 100, soon()).value();
    for (const QuarantineEntry& entry : entries) digits.push_back(entry.content_sha256[0]);
    return digits;
  }

  testing_support::TempDirectory directory_;
  std::filesystem::path file_ = directory_.path() / "quarantine.db";
};

TEST_F(SqliteQuarantineStoreTest, StrikesSurviveReopen) {
  const QuarantineEntry before = open()->add_strike(hash('a'), "deadline", kNow, kNow + 1h, soon()).value();
  auto store = open();
  EXPECT_EQ(store->find(hash('a'), kNow, soon()).value(), before);
  EXPECT_EQ(strike(*store, 'a'), 2);
}

TEST_F(SqliteQuarantineStoreTest, TwoStoresOnOneFileSeeEachOther) {
  auto server = open();
  auto command = open();
  EXPECT_EQ(strike(*server, 'a'), 1);
  EXPECT_EQ(strike(*command, 'a'), 2);
  EXPECT_EQ(server->find(hash('a'), kNow, soon()).value()->strikes, 2);
  EXPECT_EQ(command->forget(hash('a'), soon()), true);
  EXPECT_FALSE(server->find(hash('a'), kNow, soon()).value());
  EXPECT_EQ(strike(*server, 'a'), 1);
}

TEST_F(SqliteQuarantineStoreTest, StrikesOfEightThreadsThroughTwoStoresAllCount) {
  auto first = open();
  auto second = open();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&store = i % 2 == 0 ? *first : *second] {
        for (int j = 0; j < 10; ++j) EXPECT_GT(strike(store, 'a'), j);
      });
    }
  }
  EXPECT_EQ(first->find(hash('a'), kNow, soon()).value()->strikes, 80);
}

TEST_F(SqliteQuarantineStoreTest, StrikeBeyondTheCapacityRemovesTheOldest) {
  auto store = open(3);
  strike(*store, 'a', kNow + 1ms);
  strike(*store, 'b', kNow);
  strike(*store, 'c', kNow + 2ms);
  strike(*store, 'd', kNow + 3ms);
  EXPECT_THAT(listed(*store), ElementsAre('d', 'c', 'a'));
  strike(*store, 'a', kNow + 4ms);
  strike(*store, 'e', kNow + 5ms);
  EXPECT_THAT(listed(*store), ElementsAre('e', 'a', 'd'));
  EXPECT_EQ(rows(), 3);
}

TEST_F(SqliteQuarantineStoreTest, StrikeOfAClockSetBackIsKeptInAFullStore) {
  auto store = open(2);
  strike(*store, 'a', kNow + 2ms);
  strike(*store, 'b', kNow + 3ms);
  strike(*store, 'c', kNow);
  EXPECT_THAT(listed(*store), ElementsAre('b', 'c'));
}

TEST_F(SqliteQuarantineStoreTest, FullStoreHoldsTenThousandEntries) {
  auto store = open();
  ASSERT_TRUE(other_program()->execute(
      "INSERT INTO quarantine WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)"
      " SELECT printf('%064x', i), 1, 'signal 6', i, 9000000000000 FROM n"));
  strike(*store, 'a');
  EXPECT_EQ(rows(), 10'000);
  EXPECT_EQ(store->find(std::string(63, '0') + '1', kNow, soon()).value(), std::nullopt);
}

TEST_F(SqliteQuarantineStoreTest, StrikeRemovesWhatHasExpired) {
  auto store = open();
  strike(*store, 'a');
  strike(*store, 'b', kNow + 1ms);
  strike(*store, 'c', kNow + 1h);
  EXPECT_EQ(rows(), 2);
}

TEST_F(SqliteQuarantineStoreTest, ReadsDoNotWaitForAnotherProgramThatWrites) {
  auto store = open();
  strike(*store, 'a');
  auto other = other_program();
  ASSERT_TRUE(other->execute("BEGIN IMMEDIATE"));
  EXPECT_TRUE(store->find(hash('a'), kNow, soon()).value());
  EXPECT_THAT(listed(*store), ElementsAre('a'));
}

TEST_F(SqliteQuarantineStoreTest, StrikeWhileAnotherProgramHoldsTheLockEndsAtItsDeadlineAndHasNotHappened) {
  auto store = open();
  {
    auto other = other_program();
    ASSERT_TRUE(other->execute("BEGIN IMMEDIATE"));
    const auto struck = store->add_strike(hash('a'), "signal 11", kNow, kNow + 1h, Deadline::after(20ms));
    EXPECT_EQ(struck.error().code, ErrorCode::DeadlineExceeded);
  }
  EXPECT_EQ(strike(*store, 'a'), 1);
}

TEST_F(SqliteQuarantineStoreTest, FileThatIsNoDatabaseIsNamedInTheError) {
  std::ofstream(file_) << std::string(2 * kPageSize, 'x');
  EXPECT_EQ(error_of_open().code, ErrorCode::StoreUnavailable);
  EXPECT_THAT(error_of_open().detail, AllOf(HasSubstr(file_.string()), HasSubstr("not a database")));
  EXPECT_THAT(error_of_open().public_message, testing::Not(HasSubstr(file_.string())));
}

TEST_F(SqliteQuarantineStoreTest, DamagedPageIsStoreUnavailableAndSaysSo) {
  strike(*open(), 'a');
  const std::size_t damaged = std::filesystem::file_size(file_) - kPageSize;
  std::fstream(file_, std::ios::in | std::ios::out).seekp(kPageSize) << std::string(damaged, 'x');
  auto store = open();
  const auto found = store->find(hash('a'), kNow, soon());
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::StoreUnavailable);
  EXPECT_THAT(found.error().detail, HasSubstr("malformed"));
  EXPECT_EQ(store->add_strike(hash('a'), "signal 11", kNow, kNow + 1h, soon()).error().code,
            ErrorCode::StoreUnavailable);
}

TEST_F(SqliteQuarantineStoreTest, MissingDirectoryIsNamedInTheError) {
  file_ = directory_.path() / "missing" / "quarantine.db";
  EXPECT_EQ(error_of_open().code, ErrorCode::StoreUnavailable);
  EXPECT_THAT(error_of_open().detail, HasSubstr(file_.string()));
}

TEST_F(SqliteQuarantineStoreTest, FileOfNewerProgramIsRefusedAndNamed) {
  open().reset();
  ASSERT_TRUE(other_program()->execute("PRAGMA user_version = 99"));
  EXPECT_EQ(error_of_open().code, ErrorCode::StoreUnavailable);
  EXPECT_THAT(error_of_open().detail, AllOf(HasSubstr("run the newer program"), HasSubstr(file_.string())));
}

}  // namespace
}  // namespace tintype
