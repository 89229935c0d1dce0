#include "adapters/sqlite/connection.h"

#include <gmock/gmock.h>

#include <future>

#include "tests/support/temp_directory.h"

namespace tintype::sqlite {
namespace {

using namespace std::chrono_literals;

class ConnectionTest : public testing::Test {
 protected:
  // Somebody who has just made the file, not switched it to WAL yet, and is writing.
  ConnectionTest() {
    sqlite3_open(file_.c_str(), &first_);
    execute("CREATE TABLE t (n)");
    execute("BEGIN IMMEDIATE");
  }
  ~ConnectionTest() override { sqlite3_close(first_); }

  void execute(const char* sql) { EXPECT_EQ(sqlite3_exec(first_, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sql; }

  testing_support::TempDirectory directory_;
  std::filesystem::path file_ = directory_.path() / "test.db";
  sqlite3* first_ = nullptr;
};

TEST_F(ConnectionTest, OpenOfFileThatIsNotYetInWalModeWaitsForItsWriter) {
  auto opening = std::async(std::launch::async, [this] { return Connection::open_read_write(file_, 30s); });
  EXPECT_EQ(opening.wait_for(50ms), std::future_status::timeout);
  execute("COMMIT");
  const auto opened = opening.get();
  EXPECT_TRUE(opened) << to_string(opened.error());
}

TEST_F(ConnectionTest, OpenGivesUpAfterTheBusyTimeout) {
  const auto opened = Connection::open_read_write(file_, 20ms);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::StoreUnavailable);
  EXPECT_THAT(opened.error().detail, testing::AllOf(testing::HasSubstr(file_.string()), testing::HasSubstr("locked")));
}

}  // namespace
}  // namespace tintype::sqlite
