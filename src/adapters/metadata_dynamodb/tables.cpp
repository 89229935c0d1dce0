#include "adapters/metadata_dynamodb/tables.h"

#include <thread>

#include <boost/json.hpp>

#include "adapters/aws/json_text.h"
namespace tintype::dynamodb {
namespace {

using aws::text_in;
using boost::json::array;
using boost::json::object;

constexpr std::chrono::milliseconds kPollPause{200};

std::vector<Index> indexes_of(Table table) {
  return table == Table::Images ? std::vector{kUserIndex, kAlbumIndex, kDueIndex} : std::vector{kDueIndex};
}

array key_schema(const Index& index) {
  return {object{{"AttributeName", index.partition}, {"KeyType", "HASH"}},
          object{{"AttributeName", index.sort}, {"KeyType", "RANGE"}}};
}

object definition_of(const Database& database, Table table) {
  array attributes;
  array indexes;
  const auto define = [&](const Index& index) {
    for (const char* name : {index.partition, index.sort}) {
      attributes.push_back(object{{"AttributeName", name}, {"AttributeType", "S"}});
    }
  };
  define(kTableItself);
  for (const Index& index : indexes_of(table)) {
    define(index);
    indexes.push_back(object{{"IndexName", index.name},
                             {"KeySchema", key_schema(index)},
                             {"Projection", object{{"ProjectionType", "ALL"}}}});
  }
  return {{"TableName", database.name_of(table)},
          {"BillingMode", "PAY_PER_REQUEST"},
          {"KeySchema", key_schema(kTableItself)},
          {"AttributeDefinitions", std::move(attributes)},
          {"GlobalSecondaryIndexes", std::move(indexes)}};
}

tl::unexpected<Error> wrong_shape(const std::string& table, const std::string& what) {
  return fail(ErrorCode::ValidationFailed, "the metadata store is not set up",
              "the table " + table + " " + what + "; name other tables with dynamodb-table-prefix");
}

bool has_keys(const object& json, const Index& wanted) {
  const auto* const schema = json.if_contains("KeySchema");
  if (schema == nullptr || !schema->is_array() || schema->get_array().size() != 2) return false;
  const auto* const partition = schema->get_array()[0].if_object();
  const auto* const sort = schema->get_array()[1].if_object();
  return partition != nullptr && sort != nullptr && text_in(*partition, "AttributeName") == wanted.partition &&
         text_in(*sort, "AttributeName") == wanted.sort;
}

const object* find_index(const object& description, const Index& wanted) {
  const auto* const indexes = description.if_contains("GlobalSecondaryIndexes");
  if (indexes == nullptr || !indexes->is_array()) return nullptr;
  for (const auto& index : indexes->get_array()) {
    if (index.is_object() && text_in(index.get_object(), "IndexName") == wanted.name) return &index.get_object();
  }
  return nullptr;
}

// False: it is still being made.
Result<bool> check_table(Database& database, Table table, Deadline deadline) {
  const std::string name = database.name_of(table);
  const auto reply = database.call("DescribeTable", {{"TableName", name}}, deadline);
  if (!reply && reply.error().code == "ResourceNotFoundException") {
    return fail(ErrorCode::NotFound, "the metadata store is not set up",
                "there is no table " + name + "; `tintype init` makes it");
  }
  if (!reply) return fail(aws::to_error(reply.error(), "describe table " + name));
  const auto* const described = reply->if_contains("Table");
  const auto* const description = described != nullptr ? described->if_object() : nullptr;
  if (description == nullptr) return wrong_shape(name, "cannot be described");
  if (text_in(*description, "TableStatus") == "CREATING") return false;
  if (!has_keys(*description, kTableItself)) return wrong_shape(name, "has other keys than PK and SK");
  for (const Index& wanted : indexes_of(table)) {
    const object* const index = find_index(*description, wanted);
    if (index == nullptr || !has_keys(*index, wanted)) {
      return wrong_shape(
          name, std::string("has no index ") + wanted.name + " over " + wanted.partition + " and " + wanted.sort);
    }
    if (text_in(*index, "IndexStatus") == "CREATING") return false;
  }
  return true;
}

Result<void> wait_until_active(Database& database, Table table, Deadline deadline) {
  for (;;) {
    const auto active = check_table(database, table, deadline);
    if (!active) return fail(active.error());
    if (*active) return {};
    if (deadline.remaining() < kPollPause) {
      return fail(ErrorCode::DeadlineExceeded, "the metadata store took too long; try again later",
                  "the table " + database.name_of(table) + " is still being made");
    }
    std::this_thread::sleep_for(kPollPause);
  }
}

// Old claims and events go without it, too, as long as a sweeper runs; an engine that does not know it is none the
// worse.
Result<void> switch_on_ttl(Database& database, Table table, Deadline deadline) {
  const object specification{{"AttributeName", "ttl"}, {"Enabled", true}};
  const auto reply =
      database.call("UpdateTimeToLive",
                    {{"TableName", database.name_of(table)}, {"TimeToLiveSpecification", specification}}, deadline);
  if (reply || reply.error().code == "ValidationException" || reply.error().code == "UnknownOperationException") {
    return {};  // ValidationException: it is on already
  }
  return fail(aws::to_error(reply.error(), "switch on TTL"));
}

}  // namespace

Result<void> create_tables(Database& database, Deadline deadline) {
  for (const Table table : {Table::Images, Table::Uploads}) {
    const auto reply = database.call("CreateTable", definition_of(database, table), deadline);
    const bool is_there = !reply && reply.error().code == "ResourceInUseException";
    if (!reply && !is_there) return fail(aws::to_error(reply.error(), "create table " + database.name_of(table)));
  }
  for (const Table table : {Table::Images, Table::Uploads}) {
    if (auto active = wait_until_active(database, table, deadline); !active) return active;
  }
  for (const Table table : {Table::Images, Table::Uploads}) {
    if (auto switched = switch_on_ttl(database, table, deadline); !switched) return switched;
  }
  return {};
}

Result<void> check_tables(Database& database, Deadline deadline) {
  for (const Table table : {Table::Images, Table::Uploads}) {
    const auto active = check_table(database, table, deadline);
    if (!active) return fail(active.error());
    if (!*active) {
      return fail(ErrorCode::StoreUnavailable, "the metadata store is not ready yet; try again later",
                  "the table " + database.name_of(table) + " is still being made");
    }
  }
  return {};
}

Result<bool> removes_old_claims(Database& database, Deadline deadline) {
  const auto reply = database.call("DescribeTimeToLive", {{"TableName", database.name_of(Table::Uploads)}}, deadline);
  if (!reply && reply.error().code == "UnknownOperationException") return false;
  if (!reply) return fail(aws::to_error(reply.error(), "describe TTL"));
  const auto* const found = reply->if_contains("TimeToLiveDescription");
  const auto* const description = found != nullptr ? found->if_object() : nullptr;
  if (description == nullptr) return false;
  const std::string_view status = text_in(*description, "TimeToLiveStatus");
  return (status == "ENABLED" || status == "ENABLING") && text_in(*description, "AttributeName") == "ttl";
}

Result<void> try_transaction(Database& database, Deadline deadline) {
  // Nobody has such keys, and what is not there can be deleted.
  std::array writes = {Write{.kind = Write::Kind::Delete,
                             .key = {Table::Images, "CHECK", "CHECK"},
                             .condition = "attribute_not_exists(#PK)"},
                       Write{.kind = Write::Kind::Delete,
                             .key = {Table::Uploads, "CHECK", "CHECK"},
                             .condition = "attribute_not_exists(#PK)"}};
  const auto refused = database.write_together(writes, deadline);
  if (!refused) return fail(refused.error());
  if (!*refused) return {};
  return fail(ErrorCode::Internal, "the metadata store failed", "a condition that holds was refused");
}

}  // namespace tintype::dynamodb
