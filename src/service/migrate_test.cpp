#include "service/migrate.h"

#include <gmock/gmock.h>

#include "tests/service/migrate_fixture.h"
#include "tests/support/process_tree.h"

namespace tintype {
namespace {

using namespace testing_support;
using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;

using MigrateTest = MigrateFixture;

TEST_F(MigrateTest, RecordsAndTheirBlobsAreCopiedAsTheyAre) {
  const ImageRecord full = stored_with_text({.album_id = "a", .title = "t", .alt_text = "", .tags = {"x", "y"}});
  const ImageRecord bare = stored();
  const BlobMeta meta{"image/webp", "immutable", {{"image-id", full.image_id.text()}}};
  remove(full.main_key);
  ASSERT_TRUE(memory_blobs_.put(full.main_key, as_bytes("main of " + full.image_id.text()), meta, soon()));
  const MigrationReport report = run();
  EXPECT_EQ(report, (MigrationReport{.records = 2, .copied = 2, .blobs = 4, .bytes = 34 + 9 + 4 + 9}));
  EXPECT_EQ(at_target(full), "same");
  EXPECT_EQ(at_target(bare), "same");
  EXPECT_EQ(target_keys(), blob_keys());
  EXPECT_EQ(target_memory_.open(full.main_key, soon())->meta, meta);
  EXPECT_EQ(target_sqlite_->list({.user = maker_.owner(), .tag = "y"}, soon())->images.size(), 1U);
  EXPECT_TRUE(verified_target().is_clean());
}

TEST_F(MigrateTest, EmptySourceIsCopied) {
  EXPECT_EQ(run(), MigrationReport());
}

TEST_F(MigrateTest, RunAgainDoesNothing) {
  for (int i = 0; i < 3; ++i) stored();
  run();
  const auto puts = target_blobs_.calls(BlobOperation::Put);
  const auto imports = target_metadata_.calls(MetadataOperation::ImportRecord);
  const auto opened = blobs_.calls(BlobOperation::Open);
  EXPECT_EQ(run(), (MigrationReport{.records = 3, .unchanged = 3}));
  EXPECT_EQ(target_blobs_.calls(BlobOperation::Put), puts);
  EXPECT_EQ(target_metadata_.calls(MetadataOperation::ImportRecord), imports);
  EXPECT_EQ(blobs_.calls(BlobOperation::Open), opened);
}

TEST_F(MigrateTest, RecordChangedSinceIsBroughtUpToDateWithoutItsBlobs) {
  const ImageRecord record = stored_with_text({.album_id = "old", .tags = {"old"}});
  stored();
  run();
  change(record, {.album_id = "new", .tags = {"new"}});
  const auto puts = target_blobs_.calls(BlobOperation::Put);
  EXPECT_EQ(run(), (MigrationReport{.records = 2, .copied = 1, .unchanged = 1}));
  EXPECT_EQ(at_target(record), "same");
  EXPECT_EQ(target_blobs_.calls(BlobOperation::Put), puts);
}

TEST_F(MigrateTest, ThumbnailThatWasMadeSinceIsCopied) {
  ImageRecord record = maker_.next();
  put_blobs_of(record);
  ImageRecord early = record;
  early.thumbnail_key.reset();
  early.status = ProcessingStatus::Processing;
  ASSERT_TRUE(sqlite_->import_record(early, soon()).value());
  run();
  ++record.version;
  ASSERT_TRUE(sqlite_->import_record(record, soon()).value());
  EXPECT_EQ(run(), (MigrationReport{.records = 1, .copied = 1, .blobs = 1, .bytes = 9}));
  EXPECT_EQ(at_target(record), "same");
  EXPECT_TRUE(verified_target().is_clean());
}

TEST_F(MigrateTest, ImageStoredSinceIsCopied) {
  stored();
  run();
  const ImageRecord record = stored();
  EXPECT_EQ(run(), (MigrationReport{.records = 2, .copied = 1, .unchanged = 1, .blobs = 2, .bytes = 13}));
  EXPECT_EQ(at_target(record), "same");
}

TEST_F(MigrateTest, ImageDeletedSinceIsCountedAndNamedAndLeft) {
  const ImageRecord record = stored();
  run();
  erase(record);
  EXPECT_EQ(run(), (MigrationReport{.only_at_target = 1}));
  EXPECT_EQ(at_target(record), "only at the target");
  EXPECT_THAT(logged(), AllOf(HasSubstr(record.image_id.text()), HasSubstr("\"user\":\"ann\"")));
}

TEST_F(MigrateTest, NewerRecordAtTheTargetStays) {
  const ImageRecord record = stored();
  run();
  ASSERT_TRUE(target_sqlite_->update_text(record.image_id, {.title = "newer"}, {}, clock_.now(), soon()));
  EXPECT_EQ(run(), (MigrationReport{.records = 1, .unchanged = 1}));
  EXPECT_EQ(target_sqlite_->find(record.image_id, soon())->text.title, "newer");
}

TEST_F(MigrateTest, RecordChangedAtBothEndsIsAFailureAndStays) {
  const ImageRecord record = stored();
  run();
  change(record, {.title = "here"});
  ASSERT_TRUE(target_sqlite_->update_text(record.image_id, {.title = "there"}, {}, clock_.now(), soon()));
  EXPECT_EQ(run(), (MigrationReport{.records = 1, .failed = 1}));
  EXPECT_EQ(target_sqlite_->find(record.image_id, soon())->text.title, "there");
  EXPECT_THAT(logged(), HasSubstr("VERSION_MISMATCH"));
}

TEST_F(MigrateTest, WhatNoRecordNamesIsLeftBehind) {
  orphan();
  ImageRecord uploading = maker_.next();
  put_blobs_of(uploading);
  claimed(uploading);
  const ImageRecord deleting = stored();
  ASSERT_TRUE(sqlite_->begin_deletion(deleting.image_id, clock_.now(), soon()));
  EXPECT_EQ(run(), MigrationReport());
  EXPECT_THAT(target_keys(), IsEmpty());
  EXPECT_THAT(target_sqlite_->due_claims(UnixTime::max(), 10, soon()).value(), IsEmpty());
  EXPECT_THAT(target_sqlite_->due_deletions(UnixTime::max(), 10, soon()).value(), IsEmpty());
}

TEST_F(MigrateTest, ImageDeletedWhileItIsCopiedIsGone) {
  const ImageRecord record = stored();
  once(blobs_, BlobOperation::Open, FaultTime::Before, [&] { erase(record); });
  EXPECT_EQ(run(), (MigrationReport{.records = 1, .gone = 1}));
  EXPECT_EQ(at_target(record), "absent");
  EXPECT_THAT(target_keys(), IsEmpty());
}

TEST_F(MigrateTest, RecordsOfManyPagesAreAllCopied) {
  for (int i = 0; i < 501; ++i) {  // a page and one record
    ImageRecord record = maker_.next();
    put_blobs_of(record);
    ASSERT_TRUE(sqlite_->import_record(record, soon()).value());
  }
  const auto report = try_run(Deadline::after(std::chrono::seconds(60)));
  ASSERT_TRUE(report) << to_string(report.error());
  EXPECT_EQ(report->copied, 501);
  EXPECT_EQ(run(), (MigrationReport{.records = 501, .unchanged = 501}));
  EXPECT_TRUE(verified_target().is_clean());
}

TEST_F(MigrateTest, RecordIsTheLastToCome) {
  for (int i = 0; i < 20; ++i) stored();
  target_metadata_.set_hook(MetadataOperation::ImportRecord, FaultTime::Before, [&](std::string_view id) {
    const auto record = sqlite_->find(*ImageId::parse(id), soon());
    EXPECT_TRUE(target_memory_.stat(record->main_key, soon()));
    EXPECT_TRUE(target_memory_.stat(*record->thumbnail_key, soon()));
    return std::optional<Error>();
  });
  EXPECT_EQ(run().copied, 20);
}

TEST_F(MigrateTest, AsManyAsAllowedAreCopiedAtATime) {
  parallel_ = 4;
  for (int i = 0; i < 12; ++i) stored();
  std::atomic<int> at_work = 0;
  std::atomic<int> most = 0;
  std::atomic<int> arrived = 0;
  target_blobs_.set_hook(BlobOperation::Put, FaultTime::Before, [&](std::string_view) {
    const int now = ++at_work;
    int seen = most;
    while (seen < now && !most.compare_exchange_weak(seen, now)) {
    }
    ++arrived;
    EXPECT_TRUE(eventually([&] { return arrived >= parallel_; })) << "they come together";
    return std::optional<Error>();
  });
  target_blobs_.set_hook(BlobOperation::Put, FaultTime::After, [&](std::string_view) {
    --at_work;
    return std::optional<Error>();
  });
  EXPECT_EQ(run().copied, 12);
  EXPECT_EQ(most, 4);
}

TEST_F(MigrateTest, ProgressIsToldAtTheEndOfEachStage) {
  stored();
  stored();
  run();
  ASSERT_GE(told_.size(), 2U);
  EXPECT_STREQ(told_.front().stage, "records");
  std::map<std::string, MigrateProgress> last;
  for (const MigrateProgress& progress : told_) last[progress.stage] = progress;
  for (const char* stage : {"records", "target"}) {
    EXPECT_EQ(last[stage].done, 2) << stage;
    EXPECT_EQ(last[stage].of, 2) << stage;
  }
}

TEST_F(MigrateTest, StopEndsTheRunAndTheNextGoesOn) {
  for (int i = 0; i < 20; ++i) stored();
  for (const char* stage : {"records", "target"}) {
    stop_in_stage_ = stage;
    stop_ = {};
    const auto report = try_run();
    ASSERT_FALSE(report) << stage;
    EXPECT_EQ(report.error().code, ErrorCode::DeadlineExceeded);
  }
  stop_in_stage_.clear();
  stop_ = {};
  EXPECT_EQ(run().failed, 0);
  EXPECT_TRUE(verified_target().is_clean());
  EXPECT_EQ(verified_target().records, 20);
}

TEST_F(MigrateTest, DeadlineEndsTheRun) {
  stored();
  const auto report = try_run(Deadline::after(std::chrono::seconds(0)));
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::DeadlineExceeded);
}

}  // namespace
}  // namespace tintype
