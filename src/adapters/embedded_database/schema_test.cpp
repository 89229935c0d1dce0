#include "adapters/embedded_database/schema.h"

#include <gmock/gmock.h>

#include "tests/support/temp_directory.h"

namespace tintype::sqlite {
namespace {

class Schema : public testing::Test {
 protected:
  std::unique_ptr<Connection> open() {
    return Connection::open_read_write(directory_.path() / "metadata.db", std::chrono::seconds(5)).value();
  }
  static std::int64_t integer(Connection& connection, std::string_view sql) {
    auto statement = connection.statement(sql).value();
    EXPECT_TRUE(statement.step().value());
    return statement.integer(0);
  }

 private:
  testing_support::TempDirectory directory_;
};

TEST_F(Schema, NewFileGetsTheCurrentVersion) {
  auto connection = open();
  ASSERT_TRUE(migrate(*connection));
  EXPECT_EQ(integer(*connection, "PRAGMA user_version"), schema_version());
  EXPECT_EQ(integer(*connection, "SELECT count(*) FROM images"), 0);
}

TEST_F(Schema, CurrentFileIsNotWritten) {
  ASSERT_TRUE(migrate(*open()));
  auto other = open();
  ASSERT_TRUE(other->execute("BEGIN IMMEDIATE"));  // whoever wants to write now has to wait
  auto connection = open();
  connection->set_busy_timeout(std::chrono::milliseconds(0));
  EXPECT_TRUE(migrate(*connection));
}

TEST_F(Schema, NewerFileIsRefusedAndNotTouched) {
  auto connection = open();
  ASSERT_TRUE(connection->execute("PRAGMA user_version = 1000"));
  const auto migrated = migrate(*connection);
  ASSERT_FALSE(migrated);
  EXPECT_EQ(migrated.error().code, ErrorCode::StoreUnavailable);
  EXPECT_THAT(migrated.error().detail, testing::HasSubstr("version 1000"));
  EXPECT_EQ(integer(*connection, "PRAGMA user_version"), 1000);
  EXPECT_EQ(integer(*connection, "SELECT count(*) FROM sqlite_schema"), 0);
}

TEST_F(Schema, FailedStepLeavesTheFileAsItWas) {
  auto connection = open();
  ASSERT_TRUE(connection->execute("CREATE TABLE dead_jobs (n)"));  // the last step's last table cannot be created
  EXPECT_FALSE(migrate(*connection));
  EXPECT_EQ(integer(*connection, "PRAGMA user_version"), 0);
  EXPECT_EQ(integer(*connection, "SELECT count(*) FROM sqlite_schema"), 1);
}

TEST_F(Schema, DeletionsOfTheFirstVersionAreKeptAndDue) {
  auto connection = open();
  ASSERT_TRUE(migrate(*connection));
  // Back to what the first version made of it.
  ASSERT_TRUE(connection->execute(
      "DROP TABLE deletions; DROP TABLE upload_claims; DROP TABLE upload_results; DROP TABLE last_verification;"
      "DROP TABLE events; DROP TABLE jobs; DROP TABLE dead_jobs; DROP INDEX images_by_redrive;"
      "ALTER TABLE images DROP COLUMN thumbnail_recipe; ALTER TABLE images DROP COLUMN thumbnail_version;"
      "ALTER TABLE images DROP COLUMN redrive_at; ALTER TABLE images DROP COLUMN redrives;"
      "ALTER TABLE images DROP COLUMN main_sha256; ALTER TABLE images DROP COLUMN thumbnail_sha256;"
      "CREATE TABLE deletions (image_id TEXT NOT NULL PRIMARY KEY, blob_keys TEXT NOT NULL, requested_at INTEGER NOT "
      "NULL)"
      " STRICT, WITHOUT ROWID;"
      "INSERT INTO deletions VALUES ('01J00000000000000000000000', '[\"k\"]', 7);"
      "PRAGMA user_version = 1"));
  ASSERT_TRUE(migrate(*connection));
  EXPECT_EQ(integer(*connection, "SELECT due_at FROM deletions WHERE blob_keys = '[\"k\"]' AND failures = 0"), 7);
  EXPECT_EQ(integer(*connection, "PRAGMA user_version"), schema_version());
}

}  // namespace
}  // namespace tintype::sqlite
