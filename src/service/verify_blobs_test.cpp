#include "service/verify_blobs.h"

#include <gmock/gmock.h>

#include "tests/service/verify_fixture.h"

namespace tintype {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;

using VerifyBlobsTest = VerifyFixture;

TEST_F(VerifyBlobsTest, BlobThatNothingRefersToIsAnOrphanAndStays) {
  const ImageRecord record = stored();
  const std::string key = orphan();
  const VerificationReport report = run();
  EXPECT_EQ(report.orphaned_files, 1);
  EXPECT_EQ(report.repaired, 0);
  EXPECT_EQ(report.blobs, 3);
  EXPECT_THAT(blob_keys(), UnorderedElementsAre(record.main_key, *record.thumbnail_key, key));
}

TEST_F(VerifyBlobsTest, SecondBlobOfAnImageThatNamesOnlyOneIsAnOrphan) {
  ImageRecord record = maker_.next();
  put_blobs_of(record);
  const std::string thumbnail = *std::exchange(record.thumbnail_key, std::nullopt);
  committed(record);
  EXPECT_EQ(run({.repair = true}).repaired, 1);
  EXPECT_THAT(blob_keys(), ElementsAre(record.main_key));
}

// A scanner that listed by the prefix "images/user1" took all of user10's for orphans (supabase/storage PR #830).
TEST_F(VerifyBlobsTest, UsersWhoseNamesBeginAlikeAreToldApart) {
  RecordMaker user1("user1");
  RecordMaker user10("user10");
  const ImageRecord first = stored(user1);
  const ImageRecord tenth = stored(user10);
  EXPECT_TRUE(run().is_clean());
  orphan(user10);
  orphan(user1);
  EXPECT_EQ(run({.repair = true}).repaired, 2);
  EXPECT_THAT(blob_keys(),
              UnorderedElementsAre(first.main_key, *first.thumbnail_key, tenth.main_key, *tenth.thumbnail_key));
}

TEST_F(VerifyBlobsTest, YoungBlobIsSpared) {
  orphan();
  EXPECT_EQ(run({.repair = true, .grace = 2h}).repaired, 0);
  EXPECT_EQ(run({.grace = 2h}).orphaned_files, 0);
  EXPECT_EQ(run({.grace = 2h}).blobs, 1);
  EXPECT_EQ(run({.grace = 30min}).orphaned_files, 1);
  clock_.advance(90min);
  EXPECT_EQ(run({.grace = 2h}).orphaned_files, 1);
}

TEST_F(VerifyBlobsTest, BlobsOfAnUploadThatHasNotEndedAreNoOrphans) {
  ImageRecord held = maker_.next();
  put_blobs_of(held);
  claimed(held);
  ImageRecord released = maker_.next();
  put_blobs_of(released);
  ASSERT_TRUE(sqlite_->release(claimed(released), clock_.now(), soon()));
  clock_.advance(24h);  // far beyond the lease: ending them is for the sweeper
  EXPECT_TRUE(run({.repair = true}).is_clean());
  EXPECT_THAT(blob_keys(), SizeIs(4));
}

TEST_F(VerifyBlobsTest, BlobsOfADeletionThatHasNotEndedAreNoOrphans) {
  ASSERT_TRUE(sqlite_->begin_deletion(stored().image_id, clock_.now(), soon()));
  const VerificationReport report = run({.repair = true});
  EXPECT_TRUE(report.is_clean());
  EXPECT_EQ(report.repaired, 0);
  EXPECT_THAT(blob_keys(), SizeIs(2));
}

TEST_F(VerifyBlobsTest, KeysThatAreNoneOfOursAreCountedAndNeverTouched) {
  stored();
  const std::string id = maker_.next_id().text();
  const std::vector<std::string> strange = {
      "stray.webp",
      "other/ann/" + id + ".webp",
      "images/ann/" + id + ".jpg",
      "images/" + id + ".webp",
      "images/ann/deeper/" + id + ".webp",
  };
  for (const std::string& key : strange) put(key, "strange");
  const VerificationReport report = run({.repair = true});
  EXPECT_EQ(report.unknown_files, 5);
  EXPECT_EQ(report.blobs, 2);
  EXPECT_TRUE(report.is_clean());
  for (const std::string& key : strange) EXPECT_EQ(blob_text(key), "strange");
}

TEST_F(VerifyBlobsTest, RepairRemovesOrphansAndNothingElse) {
  const ImageRecord sound = stored();
  const ImageRecord corrupt = stored();
  put(corrupt.main_key, "x");
  const ImageRecord incomplete = stored();
  remove(incomplete.main_key);
  orphan();
  orphan();
  const VerificationReport report = run({.repair = true});
  EXPECT_EQ(report.repaired, 2);
  EXPECT_EQ(report.orphaned_files, 0);
  EXPECT_EQ(report.missing_files, 1);
  EXPECT_EQ(report.corrupt_files, 1);
  EXPECT_THAT(blob_keys(), UnorderedElementsAre(sound.main_key, *sound.thumbnail_key, corrupt.main_key,
                                                *corrupt.thumbnail_key, *incomplete.thumbnail_key));
  EXPECT_THAT(journal(), IsEmpty());
  EXPECT_TRUE(sqlite_->find(incomplete.image_id, soon()));
}

TEST_F(VerifyBlobsTest, OrphansOfSeveralBatchesAreFound) {
  for (int i = 0; i < 1100; ++i) orphan();
  stored();
  const VerificationReport report = run();
  EXPECT_EQ(report.orphaned_files, 1100);
  EXPECT_EQ(report.blobs, 1102);
}

TEST_F(VerifyBlobsTest, ImageDeletedSinceItsBlobsWereListedLeavesNoOrphans) {
  const ImageRecord record = stored();
  once(metadata_, MetadataOperation::Unreferenced, FaultTime::Before, [&] { erase(record); });
  EXPECT_TRUE(run().is_clean());
}

TEST_F(VerifyBlobsTest, BlobThatIsReferredToAtTheSecondLookIsNoOrphan) {
  ImageRecord record = maker_.next();
  put_blobs_of(record);
  once(metadata_, MetadataOperation::Unreferenced, FaultTime::After, [&] { committed(record); });
  const VerificationReport report = run({.repair = true});
  EXPECT_TRUE(report.is_clean());
  EXPECT_EQ(report.repaired, 0);
  EXPECT_EQ(metadata_.calls(MetadataOperation::Bury), 0U);
}

// A report of untracked files was acted on after one had become an image's original (immich #30933).
TEST_F(VerifyBlobsTest, BlobThatBecomesReferredToJustBeforeItsRemovalStays) {
  ImageRecord record = maker_.next();
  put_blobs_of(record);
  once(metadata_, MetadataOperation::Bury, FaultTime::Before, [&] { committed(record); });
  const VerificationReport report = run({.repair = true});
  EXPECT_EQ(report.repaired, 0);
  EXPECT_EQ(report.orphaned_files, 0);
  EXPECT_EQ(metadata_.calls(MetadataOperation::Bury), 2U);
  EXPECT_EQ(blob_text(record.main_key), "main");
  EXPECT_EQ(blob_text(*record.thumbnail_key), "thumbnail");
  EXPECT_TRUE(run({.checksums = true}).is_clean());
}

TEST_F(VerifyBlobsTest, RepairThatCannotRemoveLeavesTheBlobToTheSweeper) {
  const std::string key = orphan();
  orphan();
  blobs_.fail_next(BlobOperation::Remove, FaultTime::Before);
  const VerificationReport report = run({.repair = true});
  EXPECT_EQ(report.orphaned_files, 1);
  EXPECT_EQ(report.repaired, 1);
  EXPECT_THAT(journal(), SizeIs(1));
  EXPECT_TRUE(run({.repair = true}).is_clean()) << "it is a pending deletion now";
}

TEST_F(VerifyBlobsTest, RepairsAtOneTimeDoNotGetIntoEachOthersWay) {
  const ImageRecord record = stored();
  for (int i = 0; i < 20; ++i) orphan();
  const auto repair = [this] {
    const auto ignore = [](const VerifyProgress&) {};
    EXPECT_TRUE(Verify(metadata_, blobs_, finish_, clock_, log_).run({.repair = true}, ignore, {}, soon()));
  };
  std::thread other(repair);
  repair();
  other.join();
  EXPECT_THAT(blob_keys(), UnorderedElementsAre(record.main_key, *record.thumbnail_key));
  EXPECT_THAT(journal(), IsEmpty());
}

TEST_F(VerifyBlobsTest, FailingStoreEndsTheRun) {
  const std::string key = orphan();
  const auto fails = [this] {
    const auto report = try_run({.repair = true});
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::StoreUnavailable);
    EXPECT_FALSE(kept());
  };
  for (const auto operation : {MetadataOperation::Unreferenced, MetadataOperation::Bury}) {
    metadata_.fail_next(operation, FaultTime::Before);
    fails();
  }
  for (const auto operation : {BlobOperation::List, BlobOperation::Stat}) {
    blobs_.fail_next(operation, FaultTime::Before);
    fails();
  }
  EXPECT_THAT(blob_keys(), ElementsAre(key));
}

}  // namespace
}  // namespace tintype
