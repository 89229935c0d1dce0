#include "service/verify.h"

#include <fcntl.h>
#include <gmock/gmock.h>

#include <fstream>
#include <set>

#include "service/verify_run.h"
#include "tests/service/verify_fixture.h"

namespace tintype {
namespace {

using namespace testing_support;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

using VerifyTest = VerifyFixture;

TEST_F(VerifyTest, CleanStoreGivesACleanReportThatIsKept) {
  stored();
  stored();
  const VerificationReport report = run({.checksums = true});
  const VerificationReport expected{.blobs = 4, .records = 2, .finished = clock_.now()};
  EXPECT_EQ(report, expected);
  EXPECT_EQ(kept(), expected);
}

TEST_F(VerifyTest, EmptyStoreIsClean) {
  EXPECT_EQ(run({.repair = true}), VerificationReport{.finished = clock_.now()});
}

TEST_F(VerifyTest, ReportThatIsNotCleanIsKeptToo) {
  orphan();
  const VerificationReport report = run();
  EXPECT_FALSE(report.is_clean());
  EXPECT_EQ(kept(), report);
}

TEST_F(VerifyTest, ReportIsGivenEvenIfItCannotBeKept) {
  orphan();
  metadata_.fail_next(MetadataOperation::KeepVerification, FaultTime::Before);
  EXPECT_EQ(run().orphaned_files, 1);
  EXPECT_FALSE(kept());
}

TEST_F(VerifyTest, RepairRemovesWhatOldPutsHaveLeft) {
  std::vector<std::string> asked;  // what was not written to since
  blobs_.set_hook(BlobOperation::RemoveUnfinished, FaultTime::Before, [&](std::string_view before) {
    asked.emplace_back(before);
    return std::optional<Error>();
  });
  run();
  run({.repair = true, .grace = std::chrono::seconds(1)});
  run({.repair = true, .grace = std::chrono::hours(5)});
  EXPECT_THAT(asked, ElementsAre(to_rfc3339(clock_.now() - std::chrono::hours(1)),
                                 to_rfc3339(clock_.now() - std::chrono::hours(5))))
      << "a younger put may still be under way";
}

TEST_F(VerifyTest, ReportIsGivenEvenIfLeftoversStay) {
  stored();
  blobs_.fail_next(BlobOperation::RemoveUnfinished, FaultTime::Before);
  EXPECT_EQ(run({.repair = true}).records, 1);
  EXPECT_TRUE(kept());
}

TEST_F(VerifyTest, RecordsOfManyPagesAreAllLookedAt) {
  for (int i = 0; i < 1001; ++i) {  // two pages and one record
    ImageRecord record = maker_.next();
    record.thumbnail_key.reset();
    committed(record);
  }
  const VerificationReport report = run();
  EXPECT_EQ(report.records, 1001);
  EXPECT_EQ(report.missing_files, 1001);
}

TEST_F(VerifyTest, ProgressIsToldAtTheEndOfEachStage) {
  stored();
  stored();
  orphan();
  run();
  ASSERT_GE(progress_.size(), 2U);
  EXPECT_STREQ(progress_.front().stage, "records");
  const VerifyProgress* end_of_records = nullptr;
  for (const VerifyProgress& progress : progress_) {
    if (std::string_view(progress.stage) == "records") end_of_records = &progress;
  }
  EXPECT_EQ(end_of_records->done, 2);
  EXPECT_EQ(end_of_records->of, 2);
  EXPECT_STREQ(progress_.back().stage, "blobs");
  EXPECT_EQ(progress_.back().done, 5);
  EXPECT_EQ(progress_.back().of, 5);
}

TEST_F(VerifyTest, StopEndsTheRunInEitherStage) {
  stored();
  const std::string key = orphan();
  for (const char* stage : {"records", "blobs"}) {
    stop_in_stage_ = stage;
    stop_ = {};
    const auto report = try_run({.repair = true});
    ASSERT_FALSE(report) << stage;
    EXPECT_EQ(report.error().code, ErrorCode::DeadlineExceeded);
  }
  EXPECT_FALSE(kept());
}

TEST_F(VerifyTest, DeadlineEndsTheRun) {
  stored();
  const auto ignore = [](const VerifyProgress&) {};
  const auto report =
      Verify(metadata_, blobs_, finish_, clock_, log_).run({}, ignore, {}, Deadline::after(std::chrono::seconds(0)));
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::DeadlineExceeded);
}

TEST_F(VerifyTest, FindingsAreLoggedWithTheirKeys) {
  const ImageRecord missing = stored();
  remove(missing.main_key);
  const ImageRecord corrupt = stored();
  put(corrupt.main_key, "x");
  const std::string orphaned = orphan();
  put("stray", "stray");
  const std::filesystem::path file = directory_.path() / "log";
  const UniqueFd descriptor(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  const Logger log(LogLevel::Info, descriptor.get());
  const auto ignore = [](const VerifyProgress&) {};
  ASSERT_TRUE(Verify(metadata_, blobs_, finish_, clock_, log).run({}, ignore, {}, soon()));
  std::ifstream lines(file);
  const auto expect_line = [&lines](const char* level, const char* kind, const std::string& key) {
    std::string line;
    std::getline(lines, line);
    EXPECT_THAT(line, AllOf(HasSubstr("\"level\":\"" + std::string(level) + "\""),
                            HasSubstr("\"kind\":\"" + std::string(kind) + "\""), HasSubstr("\"key\":\"" + key + "\"")));
    return line;
  };
  EXPECT_THAT(expect_line("warn", "missing", missing.main_key), HasSubstr(missing.image_id.text() + "\"}"));
  EXPECT_THAT(expect_line("warn", "corrupt", corrupt.main_key), HasSubstr(corrupt.image_id.text() + "\"}"));
  expect_line("info", "unknown", "stray");
  expect_line("warn", "orphaned", orphaned);
}

TEST(ImageSampleTest, ChoosesAboutItsShare) {
  RecordMaker maker;
  for (const double percent : {1.0, 10.0, 50.0, 90.0}) {
    const ImageSample sample(percent, 12345);
    int chosen = 0;
    for (int i = 0; i < 20'000; ++i) chosen += sample.contains(maker.next_id()) ? 1 : 0;
    const double expected = 200 * percent;
    EXPECT_NEAR(chosen, expected, 6 * std::sqrt(expected * (1 - percent / 100)));
  }
}

TEST(ImageSampleTest, AllIsAll) {
  RecordMaker maker;
  for (std::uint64_t seed = 0; seed < 10'000; ++seed) EXPECT_TRUE(ImageSample(100, seed).contains(maker.next_id()));
}

TEST_F(VerifyTest, SampleIsOfTheSameImagesInBothStagesAndAnotherEachTime) {
  for (int i = 0; i < 1000; ++i) stored();
  std::set<std::string> looked_at;
  blobs_.set_hook(BlobOperation::Stat, FaultTime::Before, [&](std::string_view key) {
    looked_at.emplace(BlobKey::parse(key)->image().text());
    return std::optional<Error>();
  });
  std::vector<std::set<std::string>> samples;
  for (int i = 0; i < 4; ++i) {
    looked_at.clear();
    const VerificationReport report = run({.sample_percent = 10});
    EXPECT_NEAR(static_cast<double>(report.records), 100, 6 * 9.5);
    EXPECT_EQ(report.blobs, 2 * report.records);
    EXPECT_EQ(report.sample_percent, 10);
    EXPECT_TRUE(report.is_clean());
    EXPECT_EQ(looked_at.size(), static_cast<std::size_t>(report.records));
    samples.push_back(looked_at);
  }
  EXPECT_NE(samples.at(0), samples.at(1));
}

TEST_F(VerifyTest, SampleIsNotKept) {
  stored();
  run({.sample_percent = 99});
  EXPECT_FALSE(kept());
}

TEST_F(VerifyTest, FindingsOfASampleAreOfItsImagesOnly) {
  for (int i = 0; i < 500; ++i) orphan();
  const VerificationReport report = run({.sample_percent = 20, .repair = true});
  EXPECT_NEAR(static_cast<double>(report.repaired), 100, 6 * 9);
  EXPECT_EQ(report.repaired, report.blobs);
  EXPECT_EQ(blob_keys().size(), static_cast<std::size_t>(500 - report.repaired));
}

}  // namespace
}  // namespace tintype
