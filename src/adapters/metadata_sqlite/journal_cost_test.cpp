// What a sweep with nothing to do costs must not grow with the tables it looks at.
#include <gmock/gmock.h>

#include "adapters/embedded_database/schema.h"
#include "adapters/metadata_sqlite/claims.h"
#include "adapters/metadata_sqlite/deletions.h"
#include "adapters/sqlite/connection.h"
#include "tests/support/record_maker.h"
#include "tests/support/stored_record.h"
#include "tests/support/temp_directory.h"

namespace tintype::sqlite {
namespace {

using namespace std::chrono_literals;
using testing_support::claim_for;
using testing_support::RecordMaker;
using testing_support::TempDirectory;

class JournalCost : public testing::Test {
 protected:
  JournalCost() { EXPECT_TRUE(migrate(*connection_)); }

  // Images with claims that are still remembered, and as many deletions that are postponed.
  void fill(int images) {
    ASSERT_TRUE(connection_->execute("BEGIN"));
    for (int i = 0; i < images; ++i) {
      const ImageRecord record = maker_.next();
      const UploadClaim wanted = claim_for(record);
      ASSERT_TRUE(claim(*connection_, wanted, record.uploaded_at));
      ASSERT_TRUE(complete(*connection_, wanted, record, kNow + 24h));
      ASSERT_TRUE(enter_deletion(*connection_, maker_.next_id(), {"k"}, kNow + 1h));
    }
    ASSERT_TRUE(connection_->execute("COMMIT"));
  }
  // The virtual machine's instructions of all statements: work that does not depend on the machine.
  std::int64_t steps() {
    std::int64_t sum = 0;
    for (sqlite3_stmt* each = nullptr; (each = sqlite3_next_stmt(connection_->handle(), each)) != nullptr;) {
      sum += sqlite3_stmt_status(each, SQLITE_STMTSTATUS_VM_STEP, 0);
    }
    return sum;
  }
  std::int64_t cost_of_looking() {
    const std::int64_t before = steps();
    EXPECT_THAT(due_claims(*connection_, kNow, 100).value(), testing::IsEmpty());
    EXPECT_THAT(due_deletions(*connection_, kNow, 100).value(), testing::IsEmpty());
    return steps() - before;
  }

  static constexpr UnixTime kNow{std::chrono::milliseconds(1'800'000'000'000)};
  TempDirectory directory_;
  std::unique_ptr<Connection> connection_ = Connection::open_read_write(directory_.path() / "test.db", 1s).value();
  RecordMaker maker_;
};

TEST_F(JournalCost, LookingForWhatIsDueCostsTheSameInALargeTable) {
  fill(10);
  const std::int64_t small = cost_of_looking();
  fill(3000);
  EXPECT_EQ(cost_of_looking(), small);
  EXPECT_LT(small, 100);
}

}  // namespace
}  // namespace tintype::sqlite
