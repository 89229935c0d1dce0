// What an engine does that a test engine never does, against a scripted one: conflicts, too much load, lost answers.
// The contract is tested on real ones (tests/contract/dynamodb_contract.cpp).
#include "adapters/metadata_dynamodb/dynamodb_metadata_store.h"

#include "tests/support/dynamodb_store_fixture.h"

namespace tintype {
namespace {

using namespace std::chrono_literals;
using namespace testing_support;
using dynamodb::Item;
using testing::ElementsAre;
using DynamoDbMetadataStoreTest = DynamoDbStoreFixture;

TEST_F(DynamoDbMetadataStoreTest, TransactionInConflictOrThrottledIsSentAgainWithItsToken) {
  auto& store = this->store({cancelled("TransactionConflict"), cancelled("None", "ThrottlingError"), done()});
  const auto outcome = store.claim(claim_, now_, soon());
  ASSERT_TRUE(outcome) << to_string(outcome.error());
  EXPECT_EQ(std::get<UploadClaim>(*outcome), claim_);
  EXPECT_THAT(operations(), ElementsAre("TransactWriteItems", "TransactWriteItems", "TransactWriteItems"));
  EXPECT_EQ(sent(0, "ClientRequestToken"), sent(2, "ClientRequestToken"));
}

TEST_F(DynamoDbMetadataStoreTest, EndlessConflictIsStoreUnavailable) {
  auto& store = this->store(std::vector<ScriptedAnswer>(20, cancelled("TransactionConflict")));
  EXPECT_EQ(store.complete(claim_, record_, now_, soon()).error().code, ErrorCode::StoreUnavailable);
  EXPECT_EQ(operations().size(), 5u);
}

TEST_F(DynamoDbMetadataStoreTest, TransactionCancelledForAnotherReasonIsNotSentAgain) {
  auto& store = this->store({cancelled("ItemCollectionSizeLimitExceeded"), done()});
  EXPECT_EQ(store.complete(claim_, record_, now_, soon()).error().code, ErrorCode::Internal);
  EXPECT_EQ(operations().size(), 1u);
}

TEST_F(DynamoDbMetadataStoreTest, TransactionWhoseAnswerIsLostIsSentAgainWithItsToken) {
  auto& store = this->store({lost(), done()});
  ASSERT_TRUE(store.complete(claim_, record_, now_, soon()));
  EXPECT_EQ(sent(0, "ClientRequestToken"), sent(1, "ClientRequestToken"));
}

TEST_F(DynamoDbMetadataStoreTest, WriteInConflictWithATransactionIsSentAgain) {
  auto& store = this->store({error("TransactionConflictException"), done()});
  ASSERT_TRUE(store.renew(claim_, now_, soon()));
  EXPECT_THAT(operations(), ElementsAre("UpdateItem", "UpdateItem"));
}

TEST_F(DynamoDbMetadataStoreTest, EndlessThrottlingIsStoreUnavailable) {
  auto& store = this->store(std::vector<ScriptedAnswer>(20, error("ProvisionedThroughputExceededException")));
  EXPECT_EQ(store.find(record_.image_id, soon()).error().code, ErrorCode::StoreUnavailable);
  EXPECT_EQ(operations().size(), 5u);
}

TEST_F(DynamoDbMetadataStoreTest, RefusalAfterALostAnswerIsSuccessIfTheClaimIsAsItWasWritten) {
  UploadClaim renewed = claim_;
  renewed.due = now_ + 1min;
  auto& store = this->store({lost(), refused(), item(claim_item(renewed, dynamodb::ClaimStatus::Failed))});
  EXPECT_TRUE(store.release(claim_, renewed.due, soon()));
  EXPECT_THAT(operations(), ElementsAre("UpdateItem", "UpdateItem", "GetItem"));
}

TEST_F(DynamoDbMetadataStoreTest, RefusalAfterALostAnswerIsClaimLostIfSomebodyElseHasTheClaim) {
  UploadClaim taken = claim_;
  taken.holder = "another attempt";
  auto& store = this->store({lost(), refused(), item(claim_item(taken))});
  EXPECT_EQ(store.renew(claim_, claim_.due, soon()).error().code, ErrorCode::ClaimLost);
}

TEST_F(DynamoDbMetadataStoreTest, RefusalWithoutALostAnswerIsClaimLostAtOnce) {
  auto& store = this->store({refused()});
  EXPECT_EQ(store.renew(claim_, claim_.due, soon()).error().code, ErrorCode::ClaimLost);
  EXPECT_THAT(operations(), ElementsAre("UpdateItem"));
}

TEST_F(DynamoDbMetadataStoreTest, ClaimWithoutTransactionsWhoseAnswerWasLostIsTheCallersAndItsImageFollows) {
  auto& store = this->store({lost(), refused(), item(claim_item(claim_)), done()}, false);
  const auto outcome = store.claim(claim_, now_, soon());
  ASSERT_TRUE(outcome) << to_string(outcome.error());
  EXPECT_EQ(std::get<UploadClaim>(*outcome), claim_);
  EXPECT_THAT(operations(), ElementsAre("PutItem", "PutItem", "GetItem", "PutItem"));
}

TEST_F(DynamoDbMetadataStoreTest, CompletionWithoutTransactionsWhoseAnswerWasLostIsPublished) {
  auto& store = this->store({lost(), refused(), item(claim_item(claim_, dynamodb::ClaimStatus::Completed)), done(),
                             done(), item(record_item(record_)), done()},
                            false);
  const auto completed = store.complete(claim_, record_, now_, soon());
  EXPECT_TRUE(completed) << to_string(completed.error());
  EXPECT_THAT(operations(),
              ElementsAre("UpdateItem", "UpdateItem", "GetItem", "PutItem", "PutItem", "GetItem", "UpdateItem"));
}

TEST_F(DynamoDbMetadataStoreTest, ExpiryThatWasCutOffWithoutTransactionsIsFinishedWithThem) {
  auto& store = this->store({item(claim_item(claim_, dynamodb::ClaimStatus::Expired)), done(), done()});
  const auto deletion = store.expire(claim_, now_, soon());
  ASSERT_TRUE(deletion) << to_string(deletion.error());
  EXPECT_EQ((*deletion)->blob_keys, claim_.blob_keys);
  EXPECT_THAT(operations(), ElementsAre("GetItem", "PutItem", "DeleteItem"));
}

TEST_F(DynamoDbMetadataStoreTest, DeletionWhoseAnswerWasLostIsTheCallers) {
  auto& store = this->store({item(record_item(record_)), lost(), done()});
  const auto begun = store.begin_deletion(record_.image_id, now_, soon());
  ASSERT_TRUE(begun) << to_string(begun.error());
  EXPECT_THAT(begun->blob_keys, ElementsAre(record_.main_key, *record_.thumbnail_key));
  EXPECT_THAT(operations(), ElementsAre("GetItem", "TransactWriteItems", "TransactWriteItems"));
  EXPECT_EQ(sent(1, "ClientRequestToken"), sent(2, "ClientRequestToken"));
}

TEST_F(DynamoDbMetadataStoreTest, UpdateWhoseAnswerWasLostIsTheCallers) {
  auto& store = this->store({item(record_item(record_)), lost(), refused(), last_put()});
  const auto updated = store.update_text(record_.image_id, {.title = "new"}, record_.version, now_, soon());
  ASSERT_TRUE(updated) << to_string(updated.error());
  EXPECT_EQ(updated->version, record_.version + 1);
}

TEST_F(DynamoDbMetadataStoreTest, ImportWhoseAnswerWasLostIsTheCallers) {
  auto& store = this->store({done(), lost(), refused(), last_put()});
  const auto imported = store.import_record(record_, soon());
  ASSERT_TRUE(imported) << to_string(imported.error());
  EXPECT_TRUE(*imported);
  EXPECT_THAT(operations(), ElementsAre("GetItem", "PutItem", "PutItem", "GetItem"));
}

TEST_F(DynamoDbMetadataStoreTest, ImportWritesTagsBeforeTheRecord) {
  ImageRecord tagged = record_;
  tagged.text.tags = {"a"};
  auto& store = this->store({done(), done(), done()});
  ASSERT_TRUE(store.import_record(tagged, soon()).value());
  EXPECT_THAT(operations(), ElementsAre("GetItem", "PutItem", "PutItem"));
  EXPECT_THAT(sent(1, "Item"), testing::HasSubstr("TAG#a"));
  EXPECT_THAT(sent(2, "Item"), testing::HasSubstr("METADATA"));
}

TEST_F(DynamoDbMetadataStoreTest, KeysThatWereNotProcessedAreAskedForAgain) {
  const ScriptedAnswer partly{
      .body = R"({"Responses":{"ImageMetadata":[]},"UnprocessedKeys":{"ImageMetadata":{"Keys":[{"PK":{"S":"x"}}]}}})"};
  Item found = record_item(record_);
  const boost::json::object rest{{"Responses", {{"ImageMetadata", boost::json::array{std::move(found)}}}},
                                 {"UnprocessedKeys", boost::json::object()}};
  auto& store = this->store({partly, {.body = boost::json::serialize(rest)}});
  const std::vector<std::string> keys = {record_.main_key};
  EXPECT_THAT(store.unreferenced(keys, soon()).value(), testing::IsEmpty());
  EXPECT_EQ(sent(1, "RequestItems"), R"({"ImageMetadata":{"Keys":[{"PK":{"S":"x"}}]}})");
}

TEST_F(DynamoDbMetadataStoreTest, ListGoesOnUntilThePageIsFull) {
  const ImageRecord second = maker_.next();
  const auto page = [](Item found, bool more) {
    boost::json::object json{{"Items", boost::json::array{std::move(found)}}};
    if (more) json["LastEvaluatedKey"] = {{"PK", {{"S", "x"}}}};
    return ScriptedAnswer{.body = boost::json::serialize(json)};
  };
  auto& store = this->store({page(record_item(record_), true), page(record_item(second), false)});
  const auto listed = store.list({.user = maker_.owner(), .limit = 2}, soon());
  ASSERT_TRUE(listed) << to_string(listed.error());
  EXPECT_EQ(listed->images.size(), 2u);
  EXPECT_FALSE(listed->next);
  EXPECT_EQ(sent(1, "ExclusiveStartKey"), R"({"PK":{"S":"x"}})");
}

TEST_F(DynamoDbMetadataStoreTest, StaleEntryOfAnIndexIsLeftOutOfTheList) {
  const ImageRecord of_other = testing_support::RecordMaker("bob").next();
  const boost::json::object json{{"Items", boost::json::array{record_item(of_other)}}};
  auto& store = this->store({{.body = boost::json::serialize(json)}});
  EXPECT_THAT(store.list({.user = maker_.owner()}, soon())->images, testing::IsEmpty());
}

TEST_F(DynamoDbMetadataStoreTest, WhatCannotBeReadIsStoreUnavailable) {
  Item broken = record_item(record_);
  broken.erase("width");
  auto& store = this->store({item(broken), {.body = "no JSON"}, {.body = R"({"Item":7})"}});
  const auto unreadable = store.find(record_.image_id, soon());
  EXPECT_EQ(unreadable.error().code, ErrorCode::StoreUnavailable);
  EXPECT_THAT(unreadable.error().detail, testing::HasSubstr(record_.image_id.text()));
  EXPECT_EQ(store.find(record_.image_id, soon()).error().code, ErrorCode::StoreUnavailable);
  EXPECT_EQ(store.find(record_.image_id, soon()).error().code, ErrorCode::NotFound);
}

TEST_F(DynamoDbMetadataStoreTest, TableThatIsMissingOrHasAnotherShapeIsSaid) {
  auto& store = this->store(
      {error("ResourceNotFoundException"),
       {.body = R"({"Table":{"TableStatus":"ACTIVE","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}]}})"}});
  EXPECT_THAT(store.check_tables(soon()).error().detail, testing::HasSubstr("tintype init"));
  EXPECT_THAT(store.check_tables(soon()).error().detail, testing::HasSubstr("other keys than PK and SK"));
}

}  // namespace
}  // namespace tintype
