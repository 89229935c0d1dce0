// A DynamoDbMetadataStore against an engine that answers what a test says.
#pragma once

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "adapters/metadata_dynamodb/claim_item.h"
#include "adapters/metadata_dynamodb/dynamodb_metadata_store.h"
#include "adapters/metadata_dynamodb/record_item.h"
#include "tests/support/record_maker.h"
#include "tests/support/scripted_aws_service.h"
#include "tests/support/stored_record.h"

namespace tintype::testing_support {

using dynamodb::Item;

inline Deadline soon() {
  return Deadline::after(std::chrono::seconds(20));
}

inline ScriptedAnswer error(const std::string& code, const std::string& members = "") {
  return {.status = 400, .body = R"({"__type":"com.amazonaws.dynamodb.v20120810#)" + code + '"' + members + '}'};
}
inline ScriptedAnswer cancelled(const std::string& first, const std::string& second = "None") {
  return error("TransactionCanceledException",
               R"(,"CancellationReasons":[{"Code":")" + first + R"("},{"Code":")" + second + R"("}])");
}
inline ScriptedAnswer done() {
  return {.body = "{}"};
}
inline ScriptedAnswer lost() {
  return {.then = ScriptedAnswer::Then::Reset};
}
inline ScriptedAnswer refused() {
  return error("ConditionalCheckFailedException");
}
inline constexpr int kLastPut = 0;
// The item that was put last.
inline ScriptedAnswer last_put() {
  return {.status = kLastPut};
}
inline ScriptedAnswer item(Item found) {
  return {.body = boost::json::serialize(boost::json::object{{"Item", std::move(found)}})};
}
// What the due index has in its shards, which lags behind, and then the table.
inline std::vector<ScriptedAnswer> lagging(const Item& in_index, const Item& in_table) {
  const ScriptedAnswer none{.body = R"({"Items":[]})"};
  const boost::json::object page{{"Items", boost::json::array{in_index}}};
  const boost::json::object found{{"Responses", {{"ImageMetadata", boost::json::array{in_table}}}}};
  return {{.body = boost::json::serialize(page)}, none, none, none, {.body = boost::json::serialize(found)}};
}

// Gives the answers one by one, and then only that something is wrong with the request.
class DynamoDbStoreFixture : public testing::Test {
 protected:
  DynamoDbMetadataStore& store(std::vector<ScriptedAnswer> answers, bool transactions = true) {
    store_.reset();
    answers_ = std::move(answers);
    next_ = 0;
    service_ = std::make_unique<ScriptedAwsService>("dynamodb",
                                                    [this](const ReceivedRequest& request) { return next(request); });
    store_ = std::make_unique<DynamoDbMetadataStore>(
        service_->client(), DynamoDbMetadataStore::Options{.transactions = transactions,
                                                           .announce_events = announce_events_,
                                                           .retry = ScriptedAwsService::hardly_a_pause()});
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

  RecordMaker maker_;
  const ImageRecord record_ = maker_.next();
  const UploadClaim claim_ = claim_for(record_);
  const UnixTime now_{std::chrono::milliseconds(1'790'000'000'000)};

  bool announce_events_ = false;  // of the next store
  std::vector<ScriptedAnswer> answers_;
  std::size_t next_ = 0;  // the server calls one at a time
  Item last_put_;
  std::unique_ptr<ScriptedAwsService> service_;
  std::unique_ptr<DynamoDbMetadataStore> store_;
};

}  // namespace tintype::testing_support
