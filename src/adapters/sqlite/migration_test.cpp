#include "adapters/sqlite/migration.h"

#include <gmock/gmock.h>

#include "tests/support/temp_directory.h"

namespace tintype::sqlite {
namespace {

constexpr std::array kFirst = {"CREATE TABLE first (n)"};
constexpr std::array kBoth = {"CREATE TABLE first (n)", "CREATE TABLE second (n)"};
constexpr std::array kBrokenSecond = {"CREATE TABLE first (n)", "CREATE TABLE second (n); nonsense"};

class Migration : public testing::Test {
 protected:
  std::int64_t integer(std::string_view sql) {
    auto statement = connection_->statement(sql).value();
    EXPECT_TRUE(statement.step().value());
    return statement.integer(0);
  }
  std::int64_t version() { return integer("PRAGMA user_version"); }
  std::int64_t tables() { return integer("SELECT count(*) FROM sqlite_schema"); }

  testing_support::TempDirectory directory_;
  std::unique_ptr<Connection> connection_ =
      Connection::open_read_write(directory_.path() / "test.db", std::chrono::seconds(5)).value();
};

TEST_F(Migration, NewFileGetsAllSteps) {
  ASSERT_TRUE(migrate(*connection_, kBoth));
  EXPECT_EQ(version(), 2);
  EXPECT_EQ(tables(), 2);
}

TEST_F(Migration, OlderFileGetsOnlyTheStepsItMisses) {
  ASSERT_TRUE(migrate(*connection_, kFirst));
  const auto migrated = migrate(*connection_, kBoth);  // the first step, done again, would fail
  EXPECT_TRUE(migrated) << to_string(migrated.error());
  EXPECT_EQ(version(), 2);
  EXPECT_EQ(tables(), 2);
}

TEST_F(Migration, FailedStepUndoesThoseBeforeIt) {
  EXPECT_FALSE(migrate(*connection_, kBrokenSecond));
  EXPECT_EQ(version(), 0);
  EXPECT_EQ(tables(), 0);
}

TEST_F(Migration, NegativeVersionIsRefusedAsUnknown) {
  ASSERT_TRUE(connection_->execute("PRAGMA user_version = -1"));
  EXPECT_EQ(migrate(*connection_, kBoth).error().code, ErrorCode::StoreUnavailable);
  EXPECT_EQ(tables(), 0);
}

}  // namespace
}  // namespace tintype::sqlite
