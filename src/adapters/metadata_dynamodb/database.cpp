#include "adapters/metadata_dynamodb/database.h"

#include <thread>

#include <boost/json.hpp>

#include "adapters/aws/json_text.h"
#include "adapters/metadata_dynamodb/expression.h"
#include "base/crash_point.h"
#include "base/random.h"
#include "base/text.h"

namespace tintype::dynamodb {
namespace {

using boost::json::array;
using boost::json::object;

constexpr std::size_t kBatch = 100;  // BatchGetItem: keys of one call

// What a cancelled transaction says of each of its writes (TransactWriteItems, "CancellationReasons").
struct Cancellation {
  std::optional<std::size_t> failed_condition = {};
  bool may_come_again = true;  // nothing but conflicts and too much load
};

Cancellation read_cancellation(const std::string& body) {
  boost::json::error_code error;
  const auto parsed = boost::json::parse(body, error);
  const auto* const root = error ? nullptr : parsed.if_object();
  const auto* const reasons = root != nullptr ? root->if_contains("CancellationReasons") : nullptr;
  if (reasons == nullptr || !reasons->is_array()) return {.may_come_again = false};
  Cancellation cancellation;
  for (std::size_t i = 0; i < reasons->get_array().size(); ++i) {
    const auto* const reason = reasons->get_array()[i].if_object();
    const std::string_view text = reason != nullptr ? aws::text_in(*reason, "Code") : std::string_view();
    if (text.empty()) continue;
    if (text == "ConditionalCheckFailed" && !cancellation.failed_condition) cancellation.failed_condition = i;
    const bool passes = text == "TransactionConflict" || text == "ThrottlingError" ||
                        text == "ProvisionedThroughputExceeded" || text == "None";
    cancellation.may_come_again = cancellation.may_come_again && passes;
  }
  return cancellation;
}

std::vector<Item> items_in(const boost::json::value* list) {
  std::vector<Item> items;
  if (list == nullptr || !list->is_array()) return items;
  for (const auto& item : list->get_array()) {
    if (item.is_object()) items.push_back(item.get_object());
  }
  return items;
}

Page page_of(const object& reply) {
  const auto* const last = reply.if_contains("LastEvaluatedKey");
  return {items_in(reply.if_contains("Items")), last != nullptr && last->is_object() ? last->get_object() : Item()};
}

}  // namespace

Item key_item(const Key& key) {
  Item item;
  item.emplace("PK", text_value(key.partition));
  item.emplace("SK", text_value(key.sort));
  return item;
}

Database::Database(aws::AwsClient& client, Options options)
    : service_(client, "DynamoDB_20120810"), options_(std::move(options)) {}

std::string Database::name_of(Table table) const {
  return options_.table_prefix + (table == Table::Images ? "ImageMetadata" : "PendingUploads");
}

Result<std::optional<Item>> Database::get(const Key& key, Deadline deadline) {
  const auto reply = service_.call(
      "GetItem", {{"TableName", name_of(key.table)}, {"Key", key_item(key)}, {"ConsistentRead", true}}, deadline);
  if (!reply) return fail(aws::to_error(reply.error(), "get " + key.partition));
  const auto* const item = reply->if_contains("Item");
  if (item == nullptr || !item->is_object()) return std::optional<Item>();
  return std::optional(item->get_object());
}

Result<std::vector<Item>> Database::get_all(std::span<const Key> keys, Deadline deadline) {
  std::vector<Item> found;
  for (std::size_t begin = 0; begin < keys.size(); begin += kBatch) {
    auto got = get_batch(keys.subspan(begin, std::min(kBatch, keys.size() - begin)), found, deadline);
    if (!got) return fail(got.error());
  }
  return found;
}

Result<void> Database::get_batch(std::span<const Key> keys, std::vector<Item>& found, Deadline deadline) {
  const std::string table = name_of(keys.front().table);
  array wanted;
  for (const Key& key : keys) wanted.push_back(key_item(key));
  object request;
  request[table] = object{{"Keys", std::move(wanted)}, {"ConsistentRead", true}};
  aws::Retry retry(options_.retry, budget_, true, deadline);
  for (;;) {
    const auto reply = service_.call("BatchGetItem", {{"RequestItems", request}}, deadline);
    if (!reply) return fail(aws::to_error(reply.error(), "get many"));
    const auto* const responses = reply->if_contains("Responses");
    if (responses != nullptr && responses->is_object()) {
      std::ranges::move(items_in(responses->get_object().if_contains(table)), std::back_inserter(found));
    }
    // What did not fit, or was too much at once, is asked for again.
    const auto* const rest = reply->if_contains("UnprocessedKeys");
    if (rest == nullptr || !rest->is_object() || rest->get_object().empty()) return {};
    request = rest->get_object();
    const auto pause = retry.after({.outcome = aws::AttemptFailure::Outcome::NotExecuted, .throttled = true});
    if (!pause) {
      return fail(ErrorCode::StoreUnavailable, "the store is not available; try again later", "get many: unprocessed");
    }
    std::this_thread::sleep_for(*pause);
  }
}

Result<Page> Database::query(const Query& query, Deadline deadline) {
  object input{{"TableName", name_of(query.table)}, {"ScanIndexForward", query.forward}};
  if (*query.index.name == '\0') {
    input["ConsistentRead"] = true;
  } else {
    input["IndexName"] = query.index.name;
  }
  std::string condition = std::string("#") + query.index.partition + " = :partition";
  Item values{{":partition", text_value(query.partition)}};
  if (!query.sort_prefix.empty()) {
    condition += std::string(" AND begins_with(#") + query.index.sort + ", :sort)";
    values.emplace(":sort", text_value(query.sort_prefix));
  } else if (!query.sort_up_to.empty()) {
    condition += std::string(" AND #") + query.index.sort + " <= :sort";
    values.emplace(":sort", text_value(query.sort_up_to));
  } else if (!query.sort_after.empty()) {
    condition += std::string(" AND #") + query.index.sort + " > :sort";
    values.emplace(":sort", text_value(query.sort_after));
  }
  input["ExpressionAttributeNames"] = names_in(condition);
  input["KeyConditionExpression"] = std::move(condition);
  input["ExpressionAttributeValues"] = std::move(values);
  if (query.limit > 0) input["Limit"] = query.limit;
  if (!query.start_after.empty()) input["ExclusiveStartKey"] = query.start_after;
  const auto reply = service_.call("Query", input, deadline);
  if (!reply) return fail(aws::to_error(reply.error(), "query " + query.partition));
  return page_of(*reply);
}

Result<Page> Database::scan(Table table, std::string_view attribute, int limit, const Item& start_after,
                            Deadline deadline) {
  const std::string filter = "attribute_exists(#" + std::string(attribute) + ")";
  object input{{"TableName", name_of(table)},
               {"ConsistentRead", true},
               {"FilterExpression", filter},
               {"ExpressionAttributeNames", names_in(filter)},
               {"Limit", limit}};
  if (!start_after.empty()) input["ExclusiveStartKey"] = start_after;
  const auto reply = service_.call("Scan", input, deadline);
  if (!reply) return fail(aws::to_error(reply.error(), "scan"));
  return page_of(*reply);
}

Result<Written> Database::write_or_tell(const Write& write, Deadline deadline) {
  static constexpr std::array<std::string_view, 3> kOperations = {"PutItem", "UpdateItem", "DeleteItem"};
  const std::string_view operation = kOperations[static_cast<std::size_t>(write.kind)];
  crash_point("metadata.before-commit");
  const auto reply = service_.call(operation, as_json(write), deadline);
  if (!reply && reply.error().code == "ConditionalCheckFailedException") {
    return reply.error().may_have_happened ? Written::RefusedAfterLostAnswer : Written::Refused;
  }
  if (!reply) return fail(aws::to_error(reply.error(), std::string(operation) + ' ' + write.key.partition));
  crash_point("metadata.after-commit");
  return Written::Done;
}

Result<bool> Database::write(const Write& write, Deadline deadline) {
  const auto written = write_or_tell(write, deadline);
  if (!written) return fail(written.error());
  return *written == Written::Done;
}

// A call that is sent again with its token is not executed again (TransactWriteItems, "ClientRequestToken").
Result<std::optional<std::size_t>> Database::write_together(std::span<const Write> writes, Deadline deadline) {
  static constexpr std::array<const char*, 3> kActions = {"Put", "Update", "Delete"};
  array actions;
  for (const Write& write : writes) {
    actions.push_back(object{{kActions[static_cast<std::size_t>(write.kind)], as_json(write)}});
  }
  const object input{{"TransactItems", std::move(actions)}, {"ClientRequestToken", random_hex(16)}};
  aws::Retry retry(options_.retry, budget_, true, deadline);
  crash_point("metadata.before-commit");
  for (;;) {
    const auto reply = service_.call("TransactWriteItems", input, deadline);
    if (reply) break;
    const aws::AwsError& error = reply.error();
    if (error.code != "TransactionCanceledException") return fail(aws::to_error(error, "write together"));
    const Cancellation cancellation = read_cancellation(error.body);
    if (cancellation.failed_condition) return cancellation.failed_condition;
    const auto pause = cancellation.may_come_again ? retry.after({.outcome = aws::AttemptFailure::Outcome::NotExecuted})
                                                   : std::nullopt;
    if (!pause) {
      const ErrorCode code = cancellation.may_come_again ? ErrorCode::StoreUnavailable : ErrorCode::Internal;
      return fail(code, "the store is not available; try again later", "write together: " + error.message);
    }
    std::this_thread::sleep_for(*pause);
  }
  retry.succeeded();
  crash_point("metadata.after-commit");
  return std::optional<std::size_t>();
}

object Database::as_json(const Write& write) const {
  object json{{"TableName", name_of(write.key.table)}};
  Item key = key_item(write.key);
  if (write.kind == Write::Kind::Put) {
    for (const auto& [name, value] : write.item) key.insert_or_assign(name, value);
    json["Item"] = std::move(key);
  } else {
    json["Key"] = std::move(key);
  }
  if (write.kind == Write::Kind::Update) json["UpdateExpression"] = write.update;
  if (!write.condition.empty()) json["ConditionExpression"] = write.condition;
  if (auto names = names_in(write.condition + ' ' + write.update); !names.empty()) {
    json["ExpressionAttributeNames"] = std::move(names);
  }
  if (!write.values.empty()) json["ExpressionAttributeValues"] = write.values;
  return json;
}

}  // namespace tintype::dynamodb
