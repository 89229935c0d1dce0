#include "adapters/sqlite/inspection.h"

#include <gmock/gmock.h>

#include <fstream>

#include "tests/support/temp_directory.h"

namespace tintype::sqlite {
namespace {

using namespace std::chrono_literals;
using testing_support::TempDirectory;

class InspectionTest : public testing::Test {
 protected:
  InspectionTest() {
    auto connection = Connection::open_read_write(file_, 1s);
    EXPECT_TRUE(connection);
    EXPECT_TRUE((*connection)
                    ->execute("PRAGMA user_version = 7; CREATE TABLE t (a TEXT, b TEXT) STRICT;"
                              "CREATE INDEX by_b ON t (b);"
                              "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
                              "INSERT INTO t SELECT i, hex(randomblob(40)) FROM n"));
  }
  void overwrite(std::streamoff offset, std::size_t size) {
    std::fstream file(file_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(offset);
    file << std::string(size, 'x');
  }

  TempDirectory directory_;
  const std::filesystem::path file_ = directory_.path() / "test.db";
};

TEST_F(InspectionTest, SoundFileIsSaidToBeSo) {
  auto inspection = Inspection::open(file_);
  ASSERT_TRUE(inspection);
  EXPECT_EQ(*inspection->schema_version(), 7);
  EXPECT_EQ(*inspection->journal_mode(), "wal");
  EXPECT_EQ(*inspection->quick_check(Deadline::after(20s)), "ok");
}

TEST_F(InspectionTest, WriterBesideItIsNotHeldUp) {
  auto inspection = Inspection::open(file_);
  ASSERT_TRUE(inspection && inspection->quick_check(Deadline::after(20s)));
  auto writer = Connection::open_read_write(file_, 0s);
  ASSERT_TRUE(writer);
  EXPECT_TRUE((*writer)->execute("INSERT INTO t VALUES ('a', 'b')"));
}

TEST_F(InspectionTest, DamageIsNamed) {
  overwrite(40'960, 4'096);
  auto inspection = Inspection::open(file_);
  ASSERT_TRUE(inspection);
  const auto found = inspection->quick_check(Deadline::after(20s));
  EXPECT_TRUE(!found || *found != "ok");
}

TEST_F(InspectionTest, WhatIsNoDatabaseIsAnError) {
  overwrite(0, 4'096);
  auto inspection = Inspection::open(file_);
  EXPECT_TRUE(!inspection || !inspection->schema_version());
}

TEST_F(InspectionTest, MissingFileIsAnErrorAndIsNotMade) {
  const auto missing = directory_.path() / "missing.db";
  EXPECT_FALSE(Inspection::open(missing));
  EXPECT_FALSE(std::filesystem::exists(missing));
}

TEST_F(InspectionTest, CheckThatTakesTooLongEndsAndSaysNothingOfTheFile) {
  auto inspection = Inspection::open(file_);
  ASSERT_TRUE(inspection);
  EXPECT_EQ(inspection->quick_check(Deadline::after(0s)).error().code, ErrorCode::DeadlineExceeded);
  EXPECT_EQ(*inspection->quick_check(Deadline::after(20s)), "ok");
}

}  // namespace
}  // namespace tintype::sqlite
