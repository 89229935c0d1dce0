#include "service/diagnose_metadata.h"

#include <gmock/gmock.h>

#include "tests/support/service_fixture.h"

namespace tintype {
namespace {

using namespace testing_support;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class DiagnoseMetadata : public ServiceFixture {
 protected:
  DiagnosisReport run() {
    return run({.open = [this] { return Result<MetadataStore*>(&metadata_); },
                .clock = clock_,
                .advise = [](const Error& error) { return "mend " + error.public_message; }});
  }
  static DiagnosisReport run(MetadataDiagnosis diagnosis) {
    return diagnose({metadata_checks(std::move(diagnosis), {})}, {}, [](const auto&) {}, [] { return false; });
  }
  static std::vector<std::string> findings(const DiagnosisReport& report) {
    std::vector<std::string> found;
    for (const CheckReport& check : report.checks) {
      if (check.outcome.state != CheckState::Ok) found.push_back(check.check + ' ' + state_name(check.outcome.state));
    }
    return found;
  }
  void fail_all(MetadataOperation operation, ErrorCode code = ErrorCode::StoreUnavailable) {
    metadata_.fail_next(operation, FaultTime::Before, 1'000, code);
  }
};

TEST_F(DiagnoseMetadata, GoodStorePassesEveryCheckAndIsLeftEmpty) {
  const DiagnosisReport report = run();
  EXPECT_THAT(findings(report), IsEmpty());
  EXPECT_EQ(report.checks.size(), 6U);
  EXPECT_THAT(claims(), IsEmpty());
  EXPECT_THAT(journal(), IsEmpty());
}

TEST_F(DiagnoseMetadata, StoreThatCannotBeOpenedIsNotAskedFurther) {
  const DiagnosisReport report =
      run({.open = [] { return Result<MetadataStore*>(fail(ErrorCode::StoreUnavailable, "the file", "no such file")); },
           .clock = clock_,
           .advise = [](const Error& error) { return "mend " + error.public_message; }});
  EXPECT_EQ(report.checks[0].outcome.detail, "no such file");
  EXPECT_EQ(report.checks[0].outcome.advice, "mend the file");
  EXPECT_EQ(report.count(CheckState::NotChecked), 5);
}

TEST_F(DiagnoseMetadata, EachStepThatFailsIsNamedAndTheOthersAreDone) {
  metadata_.fail_next(MetadataOperation::Find, FaultTime::Before);
  EXPECT_THAT(findings(run()), ElementsAre("find failed"));
  metadata_.fail_next(MetadataOperation::List, FaultTime::Before);
  EXPECT_THAT(findings(run()), ElementsAre("list failed"));
  metadata_.fail_next(MetadataOperation::Check, FaultTime::Before);
  EXPECT_EQ(run().count(CheckState::Failed), 1);
  fail_all(MetadataOperation::Claim);
  EXPECT_THAT(findings(run()), ElementsAre("write failed", "condition not checked"));
  EXPECT_THAT(claims(), IsEmpty());
}

TEST_F(DiagnoseMetadata, WriteWhoseAnswerIsLostIsTakenAway) {
  metadata_.fail_next(MetadataOperation::Claim, FaultTime::After);
  EXPECT_THAT(findings(run()), ElementsAre("write failed", "condition not checked"));
  EXPECT_THAT(claims(), IsEmpty());
  EXPECT_THAT(journal(), IsEmpty());
}

// As a store does whose conditional writes are not: the claim is over by the time of the second one.
TEST_F(DiagnoseMetadata, SecondClaimThatIsTakenIsFound) {
  metadata_.set_hook(MetadataOperation::Claim, FaultTime::Before, [this](std::string_view) {
    for (const UploadClaim& claim : claims()) EXPECT_TRUE(sqlite_->release(claim, clock_.now(), soon()));
    return std::nullopt;
  });
  const DiagnosisReport report = run();
  EXPECT_THAT(findings(report), ElementsAre("condition failed"));
  EXPECT_THAT(report.checks[4].outcome.advice, HasSubstr("atomic"));
  EXPECT_THAT(claims(), IsEmpty());
  EXPECT_THAT(journal(), IsEmpty());
}

TEST_F(DiagnoseMetadata, ClaimThatCannotBeEndedIsLeftToTheSweeperAndNamed) {
  fail_all(MetadataOperation::Expire);
  const DiagnosisReport report = run();
  EXPECT_THAT(findings(report), ElementsAre("clean-up failed"));
  EXPECT_THAT(report.checks[5].outcome.detail, HasSubstr("tintype doctor"));
  ASSERT_EQ(claims().size(), 1U);
  EXPECT_LE(claims()[0].due, clock_.now() + std::chrono::seconds(60));
}

TEST_F(DiagnoseMetadata, SweeperThatTakesTheJournalFirstDoesNoHarm) {
  metadata_.set_hook(MetadataOperation::Expire, FaultTime::After, [this](std::string_view) {
    for (const Deletion& deletion : journal()) EXPECT_TRUE(finish_.run(deletion, soon()));
    return std::nullopt;
  });
  EXPECT_THAT(findings(run()), IsEmpty());
  EXPECT_THAT(journal(), IsEmpty());
}

}  // namespace
}  // namespace tintype
