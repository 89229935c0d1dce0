#include "adapters/metadata_sqlite/list_statement.h"

#include <gmock/gmock.h>

#include "adapters/embedded_database/schema.h"
#include "adapters/metadata_sqlite/record_writes.h"
#include "adapters/sqlite/connection.h"
#include "tests/support/record_maker.h"
#include "tests/support/temp_directory.h"

namespace tintype::sqlite {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing_support::RecordMaker;
using testing_support::TempDirectory;

class ListStatement : public testing::Test {
 protected:
  ListStatement() { EXPECT_TRUE(migrate(*connection_)); }

  void insert(int images) {
    ASSERT_TRUE(connection_->execute("BEGIN"));
    for (int i = 0; i < images; ++i) ASSERT_TRUE(insert_record(*connection_, maker_.next_in("a", {"t", "u"})));
    ASSERT_TRUE(connection_->execute("COMMIT"));
  }

  // Every combination of filters, order, and first or later page.
  std::vector<ListQuery> every_query() {
    std::vector<ListQuery> queries;
    for (int bits = 0; bits < 16; ++bits) {
      ListQuery query{.user = maker_.owner()};
      if (bits & 1) query.album_id = "a";
      if (bits & 2) query.tag = "t";
      if (bits & 4) query.order = SortOrder::OldestFirst;
      if (bits & 8) query.after = ListPosition{maker_.next().uploaded_at, maker_.next_id()};
      queries.push_back(query);
    }
    return queries;
  }

  std::string plan_of(const std::string& sql) {
    auto explain = connection_->statement("EXPLAIN QUERY PLAN " + sql).value();
    std::string plan;
    while (explain.step().value()) plan += explain.text(3) + "\n";
    return plan;
  }

  // The virtual machine's instructions, a measure of work that does not depend on the machine.
  int steps_of(const ListQuery& query) {
    const std::string sql = list_sql(query);
    {
      auto prepared = connection_->statement(sql).value();
    }
    sqlite3_stmt* raw = sqlite3_next_stmt(connection_->handle(), nullptr);
    while (sqlite3_sql(raw) != sql) raw = sqlite3_next_stmt(connection_->handle(), raw);
    sqlite3_stmt_status(raw, SQLITE_STMTSTATUS_VM_STEP, 1);
    auto select = connection_->statement(sql).value();
    bind_list(select, query, 21);
    int rows = 0;
    while (select.step().value()) ++rows;
    EXPECT_EQ(rows, 21);
    EXPECT_EQ(sqlite3_stmt_status(raw, SQLITE_STMTSTATUS_SORT, 0), 0);
    EXPECT_EQ(sqlite3_stmt_status(raw, SQLITE_STMTSTATUS_FULLSCAN_STEP, 0), 0);
    return sqlite3_stmt_status(raw, SQLITE_STMTSTATUS_VM_STEP, 1);
  }

  RecordMaker maker_;

  TempDirectory directory_;
  std::unique_ptr<Connection> connection_ =
      Connection::open_read_write(directory_.path() / "metadata.db", std::chrono::seconds(5)).value();
};

TEST_F(ListStatement, EveryFilterAndOrderReadsAnIndexInOrder) {
  for (const ListQuery& query : every_query()) {
    const std::string sql = list_sql(query);
    const std::string plan = plan_of(sql);
    EXPECT_THAT(plan, Not(HasSubstr("SCAN"))) << sql;
    EXPECT_THAT(plan, Not(HasSubstr("TEMP B-TREE"))) << sql;
    EXPECT_THAT(plan, HasSubstr("SEARCH")) << sql;
    if (query.album_id) EXPECT_THAT(plan, HasSubstr("album_id=?")) << sql;
    if (query.tag) EXPECT_THAT(plan, HasSubstr("tag=?")) << sql;
    if (query.after) EXPECT_THAT(plan, HasSubstr("(uploaded_at,image_id)")) << sql;
  }
}

TEST_F(ListStatement, PlanStaysWhenStatisticsWereGathered) {
  insert(200);
  std::map<std::string, std::string> plans;
  for (const ListQuery& query : every_query()) plans[list_sql(query)] = plan_of(list_sql(query));
  ASSERT_EQ(plans.size(), 16u);
  ASSERT_TRUE(connection_->execute("ANALYZE"));
  for (const auto& [sql, plan] : plans) EXPECT_EQ(plan_of(sql), plan);
}

TEST_F(ListStatement, WorkForAPageDoesNotGrowWithTheGallery) {
  constexpr int kSmall = 100;
  constexpr int kLarge = 10'000;
  insert(kSmall / 2);
  const ListPosition middle{maker_.next().uploaded_at, maker_.next_id()};
  insert(kSmall / 2);
  const auto steps_of_all = [&] {
    std::vector<int> steps;
    for (ListQuery query : every_query()) {
      if (query.after) query.after = middle;
      steps.push_back(steps_of(query));
    }
    return steps;
  };
  const std::vector<int> small = steps_of_all();
  insert(kLarge - kSmall);
  EXPECT_EQ(steps_of_all(), small);
}

}  // namespace
}  // namespace tintype::sqlite
