#include "main/doctor/sqlite_checks.h"

#include <gmock/gmock.h>

#include <fstream>

#include "adapters/embedded_database/schema.h"
#include "adapters/metadata_sqlite/sqlite_metadata_store.h"
#include "tests/support/temp_directory.h"

namespace tintype {
namespace {

using testing::HasSubstr;

class SqliteChecks : public testing::Test {
 protected:
  CheckOutcome run(std::size_t number) {
    return sqlite_checks(file_).checks[number].run(Deadline::after(std::chrono::seconds(20)));
  }
  CheckOutcome schema() { return run(0); }
  CheckOutcome journal() { return run(1); }
  CheckOutcome soundness() { return run(2); }

  void make() { ASSERT_TRUE(SqliteMetadataStore::open(file_)); }
  void execute(const std::string& sql) {
    auto connection = sqlite::Connection::open_read_write(file_, std::chrono::seconds(1));
    ASSERT_TRUE(connection && (*connection)->execute(sql.c_str()));
  }

  testing_support::TempDirectory directory_;
  const std::filesystem::path file_ = directory_.path() / "tintype.db";
};

TEST_F(SqliteChecks, FileOfThisProgramPasses) {
  make();
  EXPECT_EQ(schema().state, CheckState::Ok);
  EXPECT_EQ(journal().detail, "wal");
  EXPECT_EQ(soundness().detail, "sound");
}

TEST_F(SqliteChecks, OlderFileIsNotBroughtUpToDate) {
  make();
  const int ours = sqlite::schema_version();
  execute("PRAGMA user_version = " + std::to_string(ours - 1));
  EXPECT_EQ(schema().state, CheckState::Failed);
  EXPECT_THAT(schema().advice, HasSubstr("back up"));
  execute("PRAGMA user_version = " + std::to_string(ours + 1));
  EXPECT_EQ(schema().state, CheckState::Failed);
  EXPECT_THAT(schema().advice, HasSubstr("newer"));
}

TEST_F(SqliteChecks, DamagedFileIsToBeRestored) {
  make();
  std::ofstream(file_) << std::string(8192, 'x');
  EXPECT_EQ(soundness().state, CheckState::Failed);
  EXPECT_THAT(soundness().advice, HasSubstr("backup"));
  EXPECT_EQ(schema().state, CheckState::Failed);
}

TEST_F(SqliteChecks, MissingFileIsNotMade) {
  EXPECT_EQ(schema().state, CheckState::Failed);
  EXPECT_EQ(check_database_if_there(file_, Deadline::never()).state, CheckState::Ok);
  EXPECT_FALSE(std::filesystem::exists(file_));
}

}  // namespace
}  // namespace tintype
