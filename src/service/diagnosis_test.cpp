#include "service/diagnosis.h"

#include <gmock/gmock.h>

#include <future>
#include <memory>

namespace tintype {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

Check gives(std::string name, CheckOutcome outcome, std::vector<std::string> needs = {}) {
  return {.name = std::move(name), .run = [outcome](Deadline) { return outcome; }, .needs = std::move(needs)};
}

bool never() {
  return false;
}
void tell_nobody(const CheckReport& /*report*/) {}

std::vector<std::string> states(const DiagnosisReport& report) {
  std::vector<std::string> all;
  for (const CheckReport& check : report.checks) all.push_back(check.check + ' ' + state_name(check.outcome.state));
  return all;
}

DiagnosisReport run(std::vector<Check> checks, const std::function<bool()>& wants_stop = never) {
  return diagnose({{.name = "area", .checks = std::move(checks)}}, {}, tell_nobody, wants_stop);
}

TEST(Diagnosis, ChecksAreToldOfInTheirOrder) {
  std::vector<std::string> told;
  const auto tell = [&](const CheckReport& report) { told.push_back(report.area + '/' + report.check); };
  const std::vector<CheckArea> areas = {{"a", {gives("one", passed("")), gives("two", passed(""))}},
                                        {"b", {gives("one", failed("broken", "mend it"))}}};
  const DiagnosisReport report = diagnose(areas, {}, tell, never);
  EXPECT_THAT(told, ElementsAre("a/one", "a/two", "b/one"));
  EXPECT_EQ(report.count(CheckState::Ok), 2);
  EXPECT_EQ(report.count(CheckState::Failed), 1);
  EXPECT_EQ(report.checks[2].outcome.advice, "mend it");
  EXPECT_FALSE(report.hangs);
}

TEST(Diagnosis, FailureLeavesOutWhatNeedsItAndNothingElse) {
  const DiagnosisReport report =
      run({gives("bucket", failed("missing", "make it")), gives("put", passed(""), {"area/bucket"}),
           gives("read", passed(""), {"area/put"}), gives("memory", passed(""))});
  EXPECT_THAT(states(report), ElementsAre("bucket failed", "put not checked", "read not checked", "memory ok"));
  EXPECT_EQ(report.checks[1].outcome.detail, "needs area/bucket");
  EXPECT_EQ(report.checks[2].outcome.detail, "needs area/put");
}

TEST(Diagnosis, WarningLeavesOutNothing) {
  const DiagnosisReport report =
      run({gives("clock", warned("late", "set it")), gives("put", passed(""), {"area/clock"})});
  EXPECT_THAT(states(report), ElementsAre("clock warning", "put ok"));
}

TEST(Diagnosis, CheckThatDoesNotComeBackIsGivenUpAndTheNextOnesRun) {
  const auto release = std::make_shared<std::promise<void>>();
  const auto left = std::make_shared<std::promise<void>>();
  const Check hanging{.name = "disk",
                      .run =
                          [release, left](Deadline) {
                            release->get_future().wait();
                            left->set_value();
                            return passed("");
                          },
                      .needs = {}};
  const DiagnosisReport report = diagnose({{"area", {hanging, gives("memory", passed(""))}}},
                                          {.time = 20ms, .patience = 10ms}, tell_nobody, never);
  EXPECT_THAT(states(report), ElementsAre("disk failed", "memory ok"));
  EXPECT_THAT(report.checks[0].outcome.detail, AllOf(StartsWith("hangs"), HasSubstr("30 ms")));
  EXPECT_TRUE(report.hangs);
  release->set_value();
  left->get_future().wait();
}

TEST(Diagnosis, CheckGetsTheDeadlineAndAnErrorThatRanOutOfTimeSaysSo) {
  const auto waits = [](Deadline deadline) {
    return failed(Error{ErrorCode::DeadlineExceeded, "too slow", "put k"},
                  deadline.remaining() <= 10s ? "in time" : "no deadline");
  };
  const DiagnosisReport report = run({{.name = "put", .run = waits}});
  EXPECT_EQ(report.checks[0].outcome.detail, "no answer in time: put k");
  EXPECT_EQ(report.checks[0].outcome.advice, "in time");
}

TEST(Diagnosis, ExceptionIsAFailure) {
  const auto throws = [](Deadline) -> CheckOutcome { throw std::runtime_error("oops"); };
  const DiagnosisReport report = run({{.name = "odd", .run = throws}, gives("next", passed(""))});
  EXPECT_THAT(states(report), ElementsAre("odd failed", "next ok"));
  EXPECT_THAT(report.checks[0].outcome.detail, HasSubstr("oops"));
}

TEST(Diagnosis, InterruptionLeavesOutAllButTheCleaningUp) {
  int asked = 0;
  Check clean_up = gives("clean-up", passed(""));
  clean_up.cleans_up = true;
  const DiagnosisReport report =
      run({gives("put", passed("")), gives("read", passed("")), clean_up}, [&] { return ++asked == 2; });
  EXPECT_THAT(states(report), ElementsAre("put ok", "read not checked", "clean-up ok"));
  EXPECT_TRUE(report.interrupted);
}

TEST(DiagnosisDeathTest, NeedOfAnUnknownCheckAborts) {
  EXPECT_DEATH(run({gives("put", passed(""), {"area/buckte"})}), "");
}

}  // namespace
}  // namespace tintype
