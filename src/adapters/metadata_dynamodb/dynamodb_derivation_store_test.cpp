// Steps whose event has not followed, lost answers, and an index that lags behind, against a scripted engine. The
// contract is tested on real ones (tests/contract/metadata_store_derivations.cpp).
#include "adapters/metadata_dynamodb/dynamodb_derivation_store.h"

#include "adapters/metadata_dynamodb/event_item.h"
#include "adapters/metadata_dynamodb/image_item.h"
#include "adapters/metadata_dynamodb/keys.h"
#include "tests/support/dynamodb_store_fixture.h"

namespace tintype {
namespace {

using namespace testing_support;
using dynamodb::Item;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class DynamoDbDerivationStoreTest : public DynamoDbStoreFixture {
 protected:
  static constexpr bool kWithoutTransactions = false;

  static Item image_item(const ImageRecord& record) {
    Item stored = dynamodb::key_item(dynamodb::image_key(record.image_id));
    dynamodb::write_image_record(stored, record);
    return stored;
  }
  static Item with_outbox(Item stored, const ImageEvent& event) {
    stored.insert_or_assign(dynamodb::kOutbox, dynamodb::map_value(dynamodb::event_attributes(event)));
    return stored;
  }
  Result<std::optional<ImageRecord>> finish(DynamoDbMetadataStore& store) {
    return DynamoDbDerivationStore(store).finish(processing_.image_id, made_, now_, soon());
  }

  const ImageRecord processing_ = maker_.next_processing();
  const Derivative made_{.version = 1, .key = "thumbnail", .sha256 = "", .recipe = ""};
};

TEST_F(DynamoDbDerivationStoreTest, FinishIsWrittenWithItsEventInOneTransaction) {
  auto& store = this->store({item(image_item(processing_)), done()});
  ASSERT_TRUE(finish(store).value());
  EXPECT_THAT(operations(), ElementsAre("GetItem", "TransactWriteItems"));
  EXPECT_THAT(sent(1, "TransactItems"), testing::AllOf(HasSubstr("METADATA"), HasSubstr("EVENT#")));
}

TEST_F(DynamoDbDerivationStoreTest, FinishThatMeetsAnotherWriterLooksAgain) {
  ImageRecord changed = processing_;
  ++changed.version;
  auto& store = this->store(
      {item(image_item(processing_)), cancelled("ConditionalCheckFailed"), item(image_item(changed)), done()});
  EXPECT_EQ(finish(store).value()->version, changed.version + 1);
}

TEST_F(DynamoDbDerivationStoreTest, EventThatDoesNotFollowItsStepIsInTheOutbox) {
  auto& store =
      this->store({item(image_item(processing_)), done(), error("ValidationException")}, kWithoutTransactions);
  EXPECT_FALSE(finish(store));
  EXPECT_THAT(operations(), ElementsAre("GetItem", "PutItem", "PutItem"));
  const auto image = dynamodb::read_image(boost::json::parse(sent(1, "Item")).as_object());
  ASSERT_TRUE(image && image->record && image->outbox);
  EXPECT_EQ(*image->outbox, event_of(*image->record, ImageEventType::Completed, now_));
}

TEST_F(DynamoDbDerivationStoreTest, SecondFinishSendsWhatTheFirstLeftInTheOutbox) {
  ImageRecord finished = processing_;
  finished.thumbnail_version = 1;
  const ImageEvent event = event_of(finished, ImageEventType::Completed, now_);
  auto& store = this->store({item(with_outbox(image_item(finished), event)), done(), done()}, kWithoutTransactions);
  EXPECT_FALSE(finish(store).value());
  EXPECT_THAT(operations(), ElementsAre("GetItem", "PutItem", "UpdateItem"));
  EXPECT_THAT(sent(1, "Item"), HasSubstr(event.id));
  EXPECT_THAT(sent(1, "ConditionExpression"), HasSubstr("attribute_not_exists"));
}

TEST_F(DynamoDbDerivationStoreTest, OutboxThatCannotBeSentStopsTheNextStep) {
  const ImageEvent event = upload_event(record_);
  auto& store = this->store({item(with_outbox(image_item(record_), event)), error("ValidationException")});
  EXPECT_FALSE(store.update_text(record_.image_id, {.title = "new"}, {}, now_, soon()));
  EXPECT_THAT(operations(), ElementsAre("GetItem", "PutItem"));
}

TEST_F(DynamoDbDerivationStoreTest, ChangeOfTextSendsTheOutboxFirstAndDoesNotKeepIt) {
  const ImageEvent event = upload_event(record_);
  auto& store = this->store({item(with_outbox(image_item(record_), event)), done(), done(), done()});
  ASSERT_TRUE(store.update_text(record_.image_id, {.title = "new"}, {}, now_, soon()));
  EXPECT_THAT(operations(), ElementsAre("GetItem", "PutItem", "UpdateItem", "PutItem"));
  EXPECT_THAT(sent(3, "Item"), Not(HasSubstr(event.id)));
}

TEST_F(DynamoDbDerivationStoreTest, FinishedDeletionSendsTheOutboxFirst) {
  const ImageEvent event = event_of(record_, ImageEventType::Deleted, now_);
  const Deletion deletion{.image_id = record_.image_id, .blob_keys = {"k"}, .entry = 7, .failures = 0, .due = now_};
  Item deleted;
  dynamodb::write_deletion(deleted, deletion);
  auto& store =
      this->store({item(with_outbox(std::move(deleted), event)), done(), done(), {.body = R"({"Items":[]})"}, done()});
  ASSERT_TRUE(store.finish_deletion(deletion, soon()));
  EXPECT_THAT(operations(), ElementsAre("GetItem", "PutItem", "UpdateItem", "Query", "DeleteItem"));
}

TEST_F(DynamoDbDerivationStoreTest, FinishWhoseAnswerWasLostIsTheCallersAndItsEventFollows) {
  auto& store =
      this->store({item(image_item(processing_)), lost(), refused(), last_put(), done(), done()}, kWithoutTransactions);
  const auto finished = finish(store);
  ASSERT_TRUE(finished) << to_string(finished.error());
  EXPECT_TRUE(*finished);
  EXPECT_THAT(operations(), ElementsAre("GetItem", "PutItem", "PutItem", "GetItem", "PutItem", "UpdateItem"));
}

TEST_F(DynamoDbDerivationStoreTest, PostponeWhoseAnswerWasLostIsTheCallers) {
  auto& store = this->store({item(image_item(processing_)), lost(), refused(), last_put()});
  EXPECT_TRUE(DynamoDbDerivationStore(store).postpone(processing_, now_, soon()).value());
  EXPECT_THAT(operations(), ElementsAre("GetItem", "PutItem", "PutItem", "GetItem"));
}

TEST_F(DynamoDbDerivationStoreTest, ChangeOfTextHoldsOnlyForTheThumbnailVersionAndRedrivesItHasSeen) {
  auto& store = this->store({item(image_item(processing_)), done()});
  ASSERT_TRUE(store.update_text(processing_.image_id, {.title = "new"}, {}, now_, soon()));
  EXPECT_THAT(sent(1, "ConditionExpression"),
              testing::AllOf(HasSubstr("#thumbnailVersion = "), HasSubstr("#redrives = ")))
      << "which change without the record's version";
}

TEST_F(DynamoDbDerivationStoreTest, DeletionWithoutTransactionsWhoseAnswerWasLostIsTheCallersAndItsEventFollows) {
  auto& store =
      this->store({item(image_item(record_)), lost(), refused(), last_put(), done(), done()}, kWithoutTransactions);
  const auto begun = store.begin_deletion(record_.image_id, now_, soon());
  ASSERT_TRUE(begun) << to_string(begun.error());
  EXPECT_THAT(operations(), ElementsAre("GetItem", "PutItem", "PutItem", "GetItem", "PutItem", "UpdateItem"));
}

TEST_F(DynamoDbDerivationStoreTest, UploadWhoseEventDidNotFollowStaysUnpublished) {
  auto& store = this->store({done(), done(), error("ValidationException")}, kWithoutTransactions);
  EXPECT_FALSE(store.complete(claim_, record_, now_, soon()));
  EXPECT_THAT(operations(), ElementsAre("UpdateItem", "PutItem", "PutItem"));
}

TEST_F(DynamoDbDerivationStoreTest, RecordThatIsFinishedByNowIsNotDueWhateverTheIndexSays) {
  ImageRecord finished = processing_;
  finished.status = ProcessingStatus::Completed;
  auto& store = this->store(lagging(image_item(processing_), image_item(finished)));
  EXPECT_THAT(DynamoDbDerivationStore(store).due(UnixTime::max(), 10, soon()).value(), IsEmpty());
  EXPECT_THAT(operations(), ElementsAre("Query", "Query", "Query", "Query", "BatchGetItem"));
}

TEST_F(DynamoDbDerivationStoreTest, RecordOfAnEarlierReleaseHasTheFirstVersionOfItsThumbnail) {
  Item stored = image_item(record_);
  for (const char* name : {"thumbnailVersion", "thumbnailRecipe", "redrives"}) stored.erase(name);
  auto& store = this->store({item(stored)});
  const auto found = store.find(record_.image_id, soon());
  ASSERT_TRUE(found) << to_string(found.error());
  EXPECT_EQ(testing_support::describe(*found), testing_support::describe(record_));
}

}  // namespace
}  // namespace tintype
