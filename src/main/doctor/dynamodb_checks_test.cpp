#include "main/doctor/dynamodb_checks.h"

#include "main/doctor/aws_checks.h"
#include "tests/support/aws_checks_fixture.h"

namespace tintype {
namespace {

using namespace testing_support;
using testing::HasSubstr;

std::string fault(const std::string& code) {
  return R"({"__type":"com.amazonaws.dynamodb.v20120810#)" + code + R"(","message":"no"})";
}

std::string keys(const std::string& partition, const std::string& sort) {
  return R"("KeySchema":[{"AttributeName":")" + partition + R"("},{"AttributeName":")" + sort + R"("}])";
}

std::string index(const std::string& name, const std::string& partition, const std::string& sort) {
  return R"({"IndexName":")" + name + R"(",)" + keys(partition, sort) + "}";
}

// What both tables may look like: one has more indexes than it needs.
std::string good_table() {
  return R"({"Table":{"TableStatus":"ACTIVE",)" + keys("PK", "SK") + R"(,"GlobalSecondaryIndexes":[)" +
         index("UserIndex", "GSI1PK", "GSI1SK") + ',' + index("AlbumIndex", "GSI2PK", "GSI2SK") + ',' +
         index("DueIndex", "DuePK", "DueSK") + "]}}";
}

class DynamoDbChecks : public AwsChecksFixture {
 protected:
  // By operation; all others are done well.
  DiagnosisReport run_on(std::map<std::string, ScriptedAnswer> answers) {
    answers.emplace("DescribeTable", answer(200, good_table()));
    answers.emplace("DescribeTimeToLive", answer(200, R"({"TimeToLiveDescription":{"TimeToLiveStatus":"ENABLED",)"
                                                      R"("AttributeName":"ttl"}})"));
    serve([answers](const ReceivedRequest& request) {
      const auto target = request.headers.find("x-amz-target");
      if (target == request.headers.end()) return answer(400, "");
      const auto found = answers.find(target->second.substr(target->second.find('.') + 1));
      return found == answers.end() ? answer(200, "{}") : found->second;
    });
    settings_.dynamodb_endpoint = server_->url();
    settings_.dynamodb_table_prefix = "test-";
    dynamodb_ = make_dynamodb(aws_, settings_, environment_).value();
    return run({aws_checks(aws_), dynamodb_checks(aws_, dynamodb_, settings_)});
  }
  DynamoDbParts dynamodb_;
};

TEST_F(DynamoDbChecks, GoodEnginePasses) {
  const DiagnosisReport report = run_on({});
  EXPECT_EQ(report.count(CheckState::Ok), 6);
}

TEST_F(DynamoDbChecks, MissingTableIsNamedAndTheRestIsNotChecked) {
  const DiagnosisReport report = run_on({{"DescribeTable", answer(400, fault("ResourceNotFoundException"))}});
  EXPECT_EQ(outcome(report, "tables").detail, "there is no table test-ImageMetadata");
  EXPECT_EQ(outcome(report, "tables").advice, "`tintype init` makes it");
  EXPECT_EQ(report.count(CheckState::NotChecked), 2);
}

TEST_F(DynamoDbChecks, TableOfAnotherShapeIsNamed) {
  const DiagnosisReport report =
      run_on({{"DescribeTable", answer(200, R"({"Table":{"TableStatus":"ACTIVE",)" + keys("PK", "SK") + "}}")}});
  EXPECT_THAT(outcome(report, "tables").detail, HasSubstr("has no index UserIndex"));
  EXPECT_THAT(outcome(report, "tables").advice, HasSubstr("dynamodb-table-prefix"));
}

TEST_F(DynamoDbChecks, DeniedCallNamesThePermission) {
  const DiagnosisReport report = run_on({{"DescribeTable", answer(400, fault("AccessDeniedException"))}});
  EXPECT_THAT(outcome(report, "tables").advice, HasSubstr("allow dynamodb:DescribeTable on the tables test-Image"));
}

TEST_F(DynamoDbChecks, EngineWithoutTransactionsIsTurnedDown) {
  const DiagnosisReport report = run_on({{"TransactWriteItems", answer(400, fault("UnknownOperationException"))}});
  EXPECT_EQ(outcome(report, "transactions").state, CheckState::Failed);
  EXPECT_EQ(outcome(report, "transactions").advice, "set dynamodb-transactions=off");
  settings_.dynamodb_transactions = config::Transactions::Off;
  EXPECT_EQ(
      outcome(run_on({{"TransactWriteItems", answer(400, fault("UnknownOperationException"))}}), "transactions").state,
      CheckState::Ok);
}

TEST_F(DynamoDbChecks, TransactionsThatAreDeniedAreNotTakenForMissing) {
  const DiagnosisReport report = run_on({{"TransactWriteItems", answer(400, fault("AccessDeniedException"))}});
  EXPECT_THAT(outcome(report, "transactions").advice, HasSubstr("allow dynamodb:"));
}

TEST_F(DynamoDbChecks, TimeToLiveThatIsOffIsAWarning) {
  const DiagnosisReport report =
      run_on({{"DescribeTimeToLive", answer(200, R"({"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}})")}});
  EXPECT_EQ(outcome(report, "time-to-live").state, CheckState::Warning);
  EXPECT_EQ(outcome(report, "transactions").state, CheckState::Ok);
  EXPECT_EQ(
      outcome(run_on({{"DescribeTimeToLive", answer(400, fault("UnknownOperationException"))}}), "time-to-live").state,
      CheckState::Warning);
}

}  // namespace
}  // namespace tintype
