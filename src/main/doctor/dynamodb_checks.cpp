#include "main/doctor/dynamodb_checks.h"

#include <memory>

#include "adapters/aws/aws_error.h"
#include "adapters/metadata_dynamodb/tables.h"
#include "main/doctor/aws_advice.h"
#include "main/doctor/aws_checks.h"

namespace tintype {
namespace {

using dynamodb::Database;

std::string advise(const DynamoDbParts& dynamodb, const config::Settings& settings, const std::string& permission,
                   const Error& error) {
  const AwsServiceNames names{.endpoint = dynamodb.client->endpoint().url(),
                              .endpoint_setting = "dynamodb-endpoint",
                              .thing = "the tables",
                              .thing_setting = "dynamodb-table-prefix"};
  return aws_advice(names, permission,
                    "the tables " + settings.dynamodb_table_prefix + "ImageMetadata and " +
                        settings.dynamodb_table_prefix + "PendingUploads, and their indexes",
                    error);
}

// Its details end in what to do, if it is not a call that went wrong: "there is no table x; `tintype init` makes it".
CheckOutcome check_shape(DynamoDbParts& dynamodb, const config::Settings& settings, Deadline deadline) {
  const auto there = dynamodb.store->check_tables(deadline);
  if (there) return passed(settings.dynamodb_table_prefix + "ImageMetadata, PendingUploads");
  const Error& error = there.error();
  const std::size_t semicolon = error.detail.find("; ");
  if (aws::refusal_in(error) || semicolon == std::string::npos) {
    return failed(error, advise(dynamodb, settings, "dynamodb:DescribeTable", error));
  }
  return failed(error.detail.substr(0, semicolon), error.detail.substr(semicolon + 2));
}

CheckOutcome check_expiry(Database& database, Deadline deadline) {
  const auto is_on = dynamodb::removes_old_claims(database, deadline);
  if (!is_on) return warned(is_on.error().detail, "allow dynamodb:DescribeTimeToLive, to have this checked");
  if (*is_on) return passed("on");
  return warned(
      "off", "`tintype init` switches it on, if the engine can: without it, old claims go only while a sweeper runs");
}

CheckOutcome check_transactions(Database& database, DynamoDbParts& dynamodb, const config::Settings& settings,
                                Deadline deadline) {
  if (!database.has_transactions()) return passed("not used (dynamodb-transactions=off)");
  const auto done = dynamodb::try_transaction(database, deadline);
  if (done) return passed("");
  const auto refusal = aws::refusal_in(done.error());
  const bool has_none = refusal && (refusal->code == "UnknownOperationException" || refusal->status == 501);
  if (has_none) return failed("the engine has no TransactWriteItems", "set dynamodb-transactions=off");
  return failed(done.error(), advise(dynamodb, settings, "dynamodb:PutItem, UpdateItem and DeleteItem", done.error()));
}

}  // namespace

CheckArea dynamodb_checks(AwsParts& aws, DynamoDbParts& dynamodb, const config::Settings& settings) {
  const auto database = std::make_shared<Database>(*dynamodb.client, dynamodb_options(settings));  // by the checks
  CheckArea area{.name = "dynamodb", .checks = endpoint_checks(aws, *dynamodb.client, "dynamodb", "dynamodb-endpoint")};
  area.checks.push_back({.name = "tables",
                         .run = [&](Deadline deadline) { return check_shape(dynamodb, settings, deadline); },
                         .needs = {"aws/credentials", "dynamodb/endpoint"}});
  area.checks.push_back({.name = "time-to-live",
                         .run = [database](Deadline deadline) { return check_expiry(*database, deadline); },
                         .needs = {"dynamodb/tables"}});
  area.checks.push_back(
      {.name = "transactions",
       .run = [&, database](Deadline deadline) { return check_transactions(*database, dynamodb, settings, deadline); },
       .needs = {"dynamodb/tables"}});
  return area;
}

MetadataDiagnosis dynamodb_diagnosis(AwsParts& aws, DynamoDbParts& dynamodb, const config::Settings& settings) {
  return {.open = [&dynamodb] { return Result<MetadataStore*>(dynamodb.store.get()); },
          .clock = aws.clock,
          .advise =
              [&](const Error& error) {
                return advise(dynamodb, settings,
                              "dynamodb:GetItem, BatchGetItem, Query, Scan, PutItem, UpdateItem and DeleteItem", error);
              }};
}

}  // namespace tintype
