// DynamoDbMetadataStore in the suites of metadata_store_*.cpp, on the engine that DYNAMODB_TEST_ENDPOINT names: each
// test makes tables of its own there, and leaves them. With DYNAMODB_TEST_TRANSACTIONS=off the engine needs none.
#include "adapters/metadata_dynamodb/dynamodb_derivation_store.h"
#include "adapters/metadata_dynamodb/dynamodb_event_log.h"
#include "adapters/metadata_dynamodb/dynamodb_metadata_store.h"
#include "tests/contract/aws_test_service.h"
#include "tests/contract/metadata_store_contract.h"

namespace tintype::testing_support {
namespace {

class DynamoDbUnderTest final : public MetadataStoreUnderTest {
 public:
  DynamoDbUnderTest(bool transactions, bool announce_events)
      : store_(
            service().client(),
            {.table_prefix = new_test_name() + '-', .transactions = transactions, .announce_events = announce_events}) {
    const auto created = store_.create_tables(soon());
    EXPECT_TRUE(created) << to_string(created.error());
  }
  MetadataStore& store() override { return store_; }
  DerivationStore& derivations() override { return derivations_; }
  EventLog& events() override { return events_; }

 private:
  static AwsTestService& service() {
    static AwsTestService shared("dynamodb", "DYNAMODB_TEST_ENDPOINT");
    return shared;
  }

  DynamoDbMetadataStore store_;
  DynamoDbDerivationStore derivations_{store_};
  DynamoDbEventLog events_{store_};
};

MetadataStoreAdapter adapter(std::string name, bool transactions) {
  return {.name = std::move(name),
          .make = [=] { return std::make_unique<DynamoDbUnderTest>(transactions, true); },
          .make_silent = [=] { return std::make_unique<DynamoDbUnderTest>(transactions, false); }};
}

}  // namespace

std::vector<MetadataStoreAdapter> metadata_store_adapters() {
  require_endpoint("DYNAMODB_TEST_ENDPOINT");
  const char* const transactions = std::getenv("DYNAMODB_TEST_TRANSACTIONS");
  std::vector<MetadataStoreAdapter> adapters = {adapter("DynamoDbWithoutTransactions", false)};
  if (transactions == nullptr || transactions != std::string_view("off")) {
    adapters.push_back(adapter("DynamoDb", true));
  }
  return adapters;
}

}  // namespace tintype::testing_support
