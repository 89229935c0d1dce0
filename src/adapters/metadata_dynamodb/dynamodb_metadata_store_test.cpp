// What an engine does that a test engine never does, against a scripted one: conflicts, too much load, lost answers.
// The contract is tested on real ones (tests/contract/dynamodb_contract.cpp).
#include "adapters/metadata_dynamodb/dynamodb_metadata_store.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "adapters/metadata_dynamodb/claim_item.h"
#include "adapters/metadata_dynamodb/image_item.h"
#include "adapters/metadata_dynamodb/record_item.h"
#include "tests/support/record_maker.h"
#include "tests/support/scripted_aws_service.h"
#include "tests/support/stored_record.h"

namespace tintype {
namespace {

using namespace std::chrono_literals;
using dynamodb::Item;
using testing::ElementsAre;
using testing_support::ReceivedRequest;
using testing_support::ScriptedAnswer;
using testing_support::ScriptedAwsService;
using Then = ScriptedAnswer::Then;

Deadline soon() {
  return Deadline::after(20s);
}

ScriptedAnswer error(const std::string& code, const std::string& members = "") {
  return {.status = 400, .body = R"({"__type":"com.amazonaws.dynamodb.v20120810#)" + code + '"' + members + '}'};
}
ScriptedAnswer cancelled(const std::string& first, const std::string& second = "None") {
  return error("TransactionCanceledException",
               R"(,"CancellationReasons":[{"Code":")" + first + R"("},{"Code":")" + second + R"("}])");
}
ScriptedAnswer done() {
  return {.body = "{}"};
}
ScriptedAnswer lost() {
  return {.then = Then::Reset};
}
ScriptedAnswer refused() {
  return error("ConditionalCheckFailedException");
}
constexpr int kLastPut = 0;
// The item that was put last.
ScriptedAnswer last_put() {
  return {.status = kLastPut};
}
ScriptedAnswer item(Item found) {
  return {.body = boost::json::serialize(boost::json::object{{"Item", std::move(found)}})};
}

// Gives the answers one by one, and then only that something is wrong with the request.
class DynamoDbMetadataStoreTest : public testing::Test {
 protected:
  DynamoDbMetadataStore& store(std::vector<ScriptedAnswer> answers, bool transactions = true) {
    answers_ = std::move(answers);
    service_ = std::make_unique<ScriptedAwsService>("dynamodb",
                                                    [this](const ReceivedRequest& request) { return next(request); });
    store_ = std::make_unique<DynamoDbMetadataStore>(
        service_->client(),
        DynamoDbMetadataStore::Options{.transactions = transactions, .retry = ScriptedAwsService::hardly_a_pause()});
    return *store_;
  }
  ScriptedAnswer next(const ReceivedRequest& request) {
    const auto body = boost::json::parse(request.body);
    if (body.as_object().contains("Item")) last_put_ = body.at("Item").as_object();
    if (next_ == answers_.size()) return error("ValidationException");
    const ScriptedAnswer& answer = answers_[next_++];
    return answer.status == kLastPut ? item(last_put_) : answer;
  }
  std::vector<std::string> operations() const {
    std::vector<std::string> names;
    for (const auto& request : service_->requests()) {
      names.push_back(request.headers.at("x-amz-target").substr(std::string("DynamoDB_20120810.").size()));
    }
    return names;
  }
  std::string sent(std::size_t request, const std::string& member) const {
    return boost::json::serialize(boost::json::parse(service_->requests().at(request).body).at(member));
  }
  // The item of `claim` as it is in the table.
  static Item claim_item(const UploadClaim& claim, dynamodb::ClaimStatus status = dynamodb::ClaimStatus::Pending) {
    Item stored = dynamodb::put_claim(claim, nullptr).item;
    stored.insert_or_assign("status", dynamodb::text_value(dynamodb::claim_status_name(status)));
    return stored;
  }
  static Item record_item(const ImageRecord& record) {
    Item stored;
    dynamodb::write_record(stored, record);
    return stored;
  }

  testing_support::RecordMaker maker_;
  const ImageRecord record_ = maker_.next();
  const UploadClaim claim_ = testing_support::claim_for(record_);
  const UnixTime now_{1'790'000'000'000ms};

  std::vector<ScriptedAnswer> answers_;
  std::size_t next_ = 0;  // the server calls one at a time
  Item last_put_;
  std::unique_ptr<ScriptedAwsService> service_;
  std::unique_ptr<DynamoDbMetadataStore> store_;
};

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
                             item(record_item(record_)), done()},
                            false);
  const auto completed = store.complete(claim_, record_, now_, soon());
  EXPECT_TRUE(completed) << to_string(completed.error());
  EXPECT_THAT(operations(), ElementsAre("UpdateItem", "UpdateItem", "GetItem", "PutItem", "GetItem", "UpdateItem"));
}

TEST_F(DynamoDbMetadataStoreTest, ExpiryThatWasCutOffWithoutTransactionsIsFinishedWithThem) {
  auto& store = this->store({item(claim_item(claim_, dynamodb::ClaimStatus::Expired)), done(), done()});
  const auto deletion = store.expire(claim_, now_, soon());
  ASSERT_TRUE(deletion) << to_string(deletion.error());
  EXPECT_EQ((*deletion)->blob_keys, claim_.blob_keys);
  EXPECT_THAT(operations(), ElementsAre("GetItem", "PutItem", "DeleteItem"));
}

TEST_F(DynamoDbMetadataStoreTest, DeletionWhoseAnswerWasLostIsTheCallers) {
  auto& store = this->store({item(record_item(record_)), lost(), refused(), last_put()});
  const auto begun = store.begin_deletion(record_.image_id, now_, soon());
  ASSERT_TRUE(begun) << to_string(begun.error());
  EXPECT_THAT(begun->blob_keys, ElementsAre(record_.main_key, *record_.thumbnail_key));
  EXPECT_THAT(operations(), ElementsAre("GetItem", "PutItem", "PutItem", "GetItem"));
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
