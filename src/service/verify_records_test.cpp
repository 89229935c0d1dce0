#include "service/verify_records.h"

#include <gmock/gmock.h>

#include "tests/service/verify_fixture.h"

namespace tintype {
namespace {

using namespace testing_support;
using testing::SizeIs;

using VerifyRecordsTest = VerifyFixture;

TEST_F(VerifyRecordsTest, BlobsThatAreNotThereAreMissing) {
  remove(stored().main_key);
  remove(*stored().thumbnail_key);
  stored();
  const VerificationReport report = run();
  EXPECT_EQ(report.missing_files, 2);
  EXPECT_EQ(report.corrupt_files, 0);
  EXPECT_EQ(report.records, 3);
}

TEST_F(VerifyRecordsTest, ImageWithoutAThumbnailMissesNone) {
  ImageRecord record = maker_.next();
  put_blobs_of(record);
  remove(*record.thumbnail_key);
  record.thumbnail_key.reset();
  committed(record);
  EXPECT_TRUE(run({.checksums = true}).is_clean());
}

TEST_F(VerifyRecordsTest, MainPictureOfAnotherSizeIsCorrupt) {
  put(stored().main_key, "mai");
  put(stored().main_key, "mains");
  EXPECT_EQ(run().corrupt_files, 2);
}

TEST_F(VerifyRecordsTest, EmptyBlobIsCorrupt) {
  put(*stored().thumbnail_key, "");
  ImageRecord record = maker_.next();
  put_blobs_of(record, "");  // and the record says so, too
  committed(record);
  EXPECT_EQ(run().corrupt_files, 2);
}

TEST_F(VerifyRecordsTest, OtherBytesAreFoundOnlyWithChecksums) {
  put(stored().main_key, "mein");
  put(*stored().thumbnail_key, "thumbnail of another size");
  EXPECT_TRUE(run().is_clean());
  const VerificationReport report = run({.checksums = true});
  EXPECT_EQ(report.corrupt_files, 2);
  EXPECT_EQ(report.missing_files, 0);
}

TEST_F(VerifyRecordsTest, ChecksumIsOfAllPiecesOfABlob) {
  std::string bytes;
  while (bytes.size() < 200'000) bytes += std::to_string(bytes.size());
  const ImageRecord record = stored(maker_, bytes);
  EXPECT_TRUE(run({.checksums = true}).is_clean());
  bytes.back() ^= 1;
  put(record.main_key, bytes);
  EXPECT_EQ(run({.checksums = true}).corrupt_files, 1);
}

TEST_F(VerifyRecordsTest, ChecksumThatWasNeverKeptIsNotCompared) {
  ImageRecord record = maker_.next();
  put_blobs_of(record);
  record.main_sha256 = record.thumbnail_sha256 = "";
  committed(record);
  EXPECT_TRUE(run({.checksums = true}).is_clean());
  EXPECT_EQ(blobs_.calls(BlobOperation::Open), 0U);
}

TEST_F(VerifyRecordsTest, ImageDeletedSinceItWasListedIsNotMissing) {
  const ImageRecord record = stored();
  stored();
  once(metadata_, MetadataOperation::RecordsAfter, FaultTime::After, [&] { erase(record); });
  const VerificationReport report = run();
  EXPECT_TRUE(report.is_clean());
  EXPECT_EQ(report.records, 2);
  EXPECT_EQ(report.blobs, 2);
}

TEST_F(VerifyRecordsTest, ImageDeletedBetweenTheLooksIsNeitherMissingNorCorrupt) {
  const ImageRecord short_one = stored();
  put(short_one.main_key, "x");
  once(blobs_, BlobOperation::Stat, FaultTime::After, [&] { erase(short_one); });
  EXPECT_TRUE(run().is_clean());
  const ImageRecord changed = stored();
  put(changed.main_key, "mein");
  once(blobs_, BlobOperation::Open, FaultTime::Before, [&] { erase(changed); });
  EXPECT_TRUE(run({.checksums = true}).is_clean());
}

TEST_F(VerifyRecordsTest, BlobThatIsThereAtTheSecondLookIsSound) {
  const ImageRecord record = stored();
  remove(record.main_key);
  once(blobs_, BlobOperation::Stat, FaultTime::After, [&] { put(record.main_key, "main"); });
  EXPECT_TRUE(run().is_clean());
}

TEST_F(VerifyRecordsTest, PendingDeletionIsNoRecord) {
  const ImageRecord record = stored();
  ASSERT_TRUE(sqlite_->begin_deletion(record.image_id, clock_.now(), soon()));
  remove(record.main_key);
  const VerificationReport report = run();
  EXPECT_TRUE(report.is_clean());
  EXPECT_EQ(report.records, 0);
}

TEST_F(VerifyRecordsTest, BlobThatCannotBeReadEndsTheRunAndIsNotCorrupt) {
  stored();
  for (const auto operation : {BlobOperation::Stat, BlobOperation::Open}) {
    blobs_.fail_next(operation, FaultTime::Before);
    const auto report = try_run({.checksums = true});
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::StoreUnavailable);
    EXPECT_FALSE(kept());
  }
  EXPECT_TRUE(run({.checksums = true}).is_clean());
}

TEST_F(VerifyRecordsTest, FailingMetadataStoreEndsTheRun) {
  remove(stored().main_key);
  for (const auto operation : {MetadataOperation::RecordsAfter, MetadataOperation::Find}) {
    metadata_.fail_next(operation, FaultTime::Before);
    const auto report = try_run();
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::StoreUnavailable);
    EXPECT_FALSE(kept());
  }
}

}  // namespace
}  // namespace tintype
