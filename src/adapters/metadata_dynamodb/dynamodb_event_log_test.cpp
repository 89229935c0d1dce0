// An index that lags behind, against a scripted engine. The contract is tested on real ones
// (tests/contract/metadata_store_events.cpp).
#include "adapters/metadata_dynamodb/dynamodb_event_log.h"

#include "adapters/metadata_dynamodb/event_item.h"
#include "tests/support/dynamodb_store_fixture.h"

namespace tintype {
namespace {

using namespace testing_support;
using dynamodb::Item;
using testing::ElementsAre;
using testing::IsEmpty;

class DynamoDbEventLogTest : public DynamoDbStoreFixture {
 protected:
  // The event as a store writes it.
  Item event_item(bool announce_events) {
    announce_events_ = announce_events;
    const dynamodb::Write put = dynamodb::put_event(store({}).database(), event_);
    Item whole = dynamodb::key_item(put.key);
    for (const auto& [name, value] : put.item) whole.insert_or_assign(name, value);
    return whole;
  }

  const ImageEvent event_ = upload_event(record_);
};

TEST_F(DynamoDbEventLogTest, EventThatIsAnnouncedByNowIsNotGivenWhateverTheIndexSays) {
  const Item announced = event_item(false);
  const Item waiting = event_item(true);
  EXPECT_THAT(DynamoDbEventLog(store(lagging(waiting, waiting))).unannounced(10, soon()).value(), ElementsAre(event_));
  EXPECT_THAT(DynamoDbEventLog(store(lagging(waiting, announced))).unannounced(10, soon()).value(), IsEmpty());
  EXPECT_THAT(operations(), ElementsAre("Query", "Query", "Query", "Query", "BatchGetItem"));
}

TEST_F(DynamoDbEventLogTest, EventThatCannotBeReadIsStoreUnavailable) {
  Item broken = event_item(true);
  broken.erase("eventType");
  const boost::json::object page{{"Items", boost::json::array{broken}}};
  const auto read =
      DynamoDbEventLog(store({{.body = boost::json::serialize(page)}})).events_after(record_.user_id, "", 10, soon());
  EXPECT_EQ(read.error().code, ErrorCode::StoreUnavailable);
  EXPECT_THAT(read.error().detail, testing::HasSubstr(event_.id));
}

TEST_F(DynamoDbEventLogTest, EventsAreReadOnWhereAnAnswerEnds) {
  boost::json::object first{{"Items", boost::json::array{event_item(true)}}};
  boost::json::object second = first;
  first["LastEvaluatedKey"] = {{"PK", {{"S", "x"}}}};
  auto& scripted = store({{.body = boost::json::serialize(first)}, {.body = boost::json::serialize(second)}});
  EXPECT_EQ(DynamoDbEventLog(scripted).events_after(record_.user_id, "", 10, soon())->size(), 2U);
  EXPECT_EQ(sent(1, "ExclusiveStartKey"), R"({"PK":{"S":"x"}})");
  EXPECT_EQ(sent(1, "Limit"), "9");
}

}  // namespace
}  // namespace tintype
