#include "main/doctor/report.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>

namespace tintype {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

const std::vector<CheckArea>& areas() {
  static const std::vector<CheckArea> all = {{"s3", {{"bucket", {}}}}, {"data-dir", {{"file-system", {}}}}};
  return all;
}

DiagnosisReport report_of(std::vector<CheckReport> checks) {
  return {.checks = std::move(checks)};
}

TEST(DiagnosisTable, ColumnsFitTheLongestNames) {
  const DiagnosisTable table(areas());
  EXPECT_EQ(table.heading(), "AREA      CHECK        STATE        DETAIL\n");
  EXPECT_EQ(table.line({.area = "s3", .check = "bucket", .outcome = passed("pictures")}),
            "s3        bucket       ok           pictures\n");
  EXPECT_EQ(table.line({.area = "s3", .check = "bucket", .outcome = passed("")}), "s3        bucket       ok\n");
}

TEST(DiagnosisTable, MessageOfManyLinesOrWithCommandsStaysALine) {
  const DiagnosisTable table(areas());
  const std::string line = table.line({.area = "s3", .check = "bucket", .outcome = failed("a\nb\x1b[2J", "")});
  EXPECT_THAT(line, HasSubstr("a b [2J"));
  EXPECT_THAT(line, EndsWith("J\n"));
}

TEST(DiagnosisTable, AdviceIsALineForWhatIsNotRight) {
  const DiagnosisTable table(areas());
  const std::string text =
      table.advice(report_of({{.area = "s3", .check = "bucket", .outcome = failed("missing", "make it")},
                              {.area = "s3", .check = "clock", .outcome = warned("late", "set it")},
                              {.area = "s3", .check = "put", .outcome = not_checked("needs s3/bucket")},
                              {.area = "tokens", .check = "secret", .outcome = passed("")}}));
  EXPECT_EQ(text,
            "\nWhat to do:\n  s3/bucket: make it\n  s3/clock: set it\n\n1 ok, 1 warning, 1 failed, 1 not checked\n");
}

TEST(DiagnosisTable, NothingToDoIsNotSpokenOf) {
  const DiagnosisTable table(areas());
  const std::string text = table.advice(report_of({{.area = "tokens", .check = "secret", .outcome = passed("")}}));
  EXPECT_EQ(text, "\n1 ok, 0 warning, 0 failed, 0 not checked\n");
}

TEST(DiagnosisJson, IsAnArrayOfObjectsWithAllMembers) {
  const std::string json =
      as_json(report_of({{.area = "s3",
                          .check = "bucket",
                          .outcome = failed("no \"b\"\n", "make it"),
                          .took = std::chrono::milliseconds(7)},
                         {.area = "s3", .check = "put", .outcome = not_checked("needs s3/bucket")}}));
  const boost::json::value expected = {{{"area", "s3"},
                                        {"check", "bucket"},
                                        {"state", "failed"},
                                        {"detail", "no \"b\"\n"},
                                        {"advice", "make it"},
                                        {"milliseconds", 7}},
                                       {{"area", "s3"},
                                        {"check", "put"},
                                        {"state", "not checked"},
                                        {"detail", "needs s3/bucket"},
                                        {"advice", ""},
                                        {"milliseconds", 0}}};
  EXPECT_EQ(boost::json::parse(json), expected);
  EXPECT_THAT(json, EndsWith("]\n"));
}

}  // namespace
}  // namespace tintype
