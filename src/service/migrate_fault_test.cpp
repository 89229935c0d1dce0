// What a migration does when stores fail, or have other bytes than they should.
#include <gmock/gmock.h>

#include "tests/service/migrate_fixture.h"

namespace tintype {
namespace {

using namespace testing_support;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class MigrateFaultTest : public MigrateFixture {
 protected:
  // One of two records could not be copied, because of what is in the stores.
  void expect_failed(const ImageRecord& record, const std::string& key, const std::string& reason) {
    const ImageRecord other = stored();
    EXPECT_EQ(run(), (MigrationReport{.records = 2, .copied = 1, .failed = 1, .blobs = 2, .bytes = 13}));
    EXPECT_EQ(at_target(record), "absent");
    EXPECT_EQ(at_target(other), "same");
    EXPECT_THAT(logged(), AllOf(HasSubstr("\"imageId\":\"" + record.image_id.text() + "\""),
                                HasSubstr("\"key\":\"" + key + "\""), HasSubstr(reason), HasSubstr("\"warn\"")));
  }
};

TEST_F(MigrateFaultTest, BlobMissingAtTheSourceIsAFailureThatLeavesNothing) {
  const ImageRecord record = stored();
  remove(*record.thumbnail_key);
  expect_failed(record, *record.thumbnail_key, "NOT_FOUND");
  EXPECT_EQ(target_keys().size(), 2U);
  put(*record.thumbnail_key, "thumbnail");  // from a backup
  EXPECT_EQ(run(), (MigrationReport{.records = 2, .copied = 1, .unchanged = 1, .blobs = 2, .bytes = 13}));
}

TEST_F(MigrateFaultTest, OtherBytesAtTheSourceAreAFailureThatLeavesNothing) {
  const ImageRecord record = stored();
  put(*record.thumbnail_key, "thumbnaiL");
  expect_failed(record, *record.thumbnail_key, "the source has other bytes");
  EXPECT_EQ(target_keys().size(), 2U);
}

TEST_F(MigrateFaultTest, WithoutAChecksumTheSizeDecides) {
  ImageRecord sound = maker_.next();
  put_blobs_of(sound);
  sound.main_sha256 = sound.thumbnail_sha256 = "";
  committed(sound);
  EXPECT_EQ(run().copied, 1);
  EXPECT_EQ(at_target(sound), "same");

  ImageRecord short_one = maker_.next();
  put_blobs_of(short_one);
  short_one.main_sha256 = short_one.thumbnail_sha256 = "";
  put(short_one.main_key, "mai");
  committed(short_one);
  EXPECT_EQ(run().failed, 1);
  put(short_one.main_key, "main");
  put(*short_one.thumbnail_key, "");
  EXPECT_EQ(run().failed, 1);
  EXPECT_EQ(at_target(short_one), "absent");
}

TEST_F(MigrateFaultTest, OtherBytesAtTheTargetAreAFailureAndStay) {
  const ImageRecord record = stored();
  put_at_target(record.main_key, "mein");
  expect_failed(record, record.main_key, "the target has other bytes");
  EXPECT_EQ(read_all(*target_memory_.open(record.main_key, soon())->bytes, soon())->size(), 4U);
  EXPECT_FALSE(target_memory_.stat(*record.thumbnail_key, soon()));
}

TEST_F(MigrateFaultTest, SameBytesAtTheTargetAreAdopted) {
  const ImageRecord record = stored();
  put_at_target(record.main_key, "main");
  EXPECT_EQ(run(), (MigrationReport{.records = 1, .copied = 1, .blobs = 1, .bytes = 9}));
  EXPECT_EQ(at_target(record), "same");
}

TEST_F(MigrateFaultTest, BytesThatCameOutWrongAreAFailure) {
  const ImageRecord record = stored();
  once(target_blobs_, BlobOperation::Put, FaultTime::After, [&] { put_at_target(record.main_key, "mein"); });
  EXPECT_EQ(run(), (MigrationReport{.records = 1, .failed = 1}));
  EXPECT_EQ(at_target(record), "absent");
}

TEST_F(MigrateFaultTest, StoreThatFailsIsTriedAgain) {
  for (const auto operation : {BlobOperation::Put, BlobOperation::Open}) {
    for (const auto time : {FaultTime::Before, FaultTime::After}) {
      const ImageRecord record = stored();
      target_blobs_.fail_next(operation, time, 2);
      const MigrationReport report = run();
      EXPECT_EQ(report.copied, 1);
      EXPECT_EQ(report.failed, 0);
      EXPECT_EQ(at_target(record), "same");
    }
  }
  for (const auto operation : {MetadataOperation::Find, MetadataOperation::ImportRecord}) {
    const ImageRecord record = stored();
    target_metadata_.fail_next(operation, FaultTime::Before, 3, ErrorCode::Overloaded);
    EXPECT_EQ(run().failed, 0);
    EXPECT_EQ(at_target(record), "same");
  }
  const ImageRecord record = stored();
  blobs_.fail_next(BlobOperation::Open, FaultTime::Before);
  EXPECT_EQ(run().failed, 0);
  EXPECT_EQ(at_target(record), "same");
  EXPECT_THAT(logged(), IsEmpty());
  EXPECT_TRUE(verified_target().is_clean());
}

TEST_F(MigrateFaultTest, ImportWhoseAnswerIsLostIsFoundDone) {
  const ImageRecord record = stored();
  target_metadata_.fail_next(MetadataOperation::ImportRecord, FaultTime::After);
  EXPECT_EQ(run(), (MigrationReport{.records = 1, .unchanged = 1, .blobs = 2, .bytes = 13}));
  EXPECT_EQ(at_target(record), "same");
}

TEST_F(MigrateFaultTest, RecordThatFailsAgainAndAgainIsLeftForTheNextRun) {
  const ImageRecord record = stored();
  const ImageRecord other = stored();
  target_blobs_.set_hook(BlobOperation::Put, FaultTime::Before, [&](std::string_view key) {
    return key == record.main_key ? std::optional(Error{ErrorCode::StoreUnavailable, "full"}) : std::nullopt;
  });
  EXPECT_EQ(run(), (MigrationReport{.records = 2, .copied = 1, .failed = 1, .blobs = 2, .bytes = 13}));
  EXPECT_EQ(target_blobs_.calls(BlobOperation::Put), 4U + 2U);
  EXPECT_THAT(logged(), AllOf(HasSubstr(record.main_key), HasSubstr("full")));
  target_blobs_.set_hook(BlobOperation::Put, FaultTime::Before, {});
  EXPECT_EQ(run(), (MigrationReport{.records = 2, .copied = 1, .unchanged = 1, .blobs = 2, .bytes = 13}));
}

TEST_F(MigrateFaultTest, ImageThatIsDeadAtTheTargetIsAFailureWithoutFurtherTries) {
  const ImageRecord record = stored();
  ASSERT_TRUE(target_sqlite_->bury(record.image_id, std::vector{record.main_key}, clock_.now(), soon()).value());
  EXPECT_EQ(run().failed, 1);
  EXPECT_EQ(target_metadata_.calls(MetadataOperation::ImportRecord), 1U);
  EXPECT_THAT(logged(), AllOf(HasSubstr("is being deleted"), Not(HasSubstr("\"key\""))));
}

TEST_F(MigrateFaultTest, StoreThatNeverAnswersEndsTheRun) {
  for (int i = 0; i < 120; ++i) stored();
  target_metadata_.fail_next(MetadataOperation::Find, FaultTime::Before, 1'000'000);
  const auto report = try_run();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::StoreUnavailable);
  target_metadata_.set_hook(MetadataOperation::Find, FaultTime::Before, {});
  EXPECT_EQ(run().copied, 120);
}

TEST_F(MigrateFaultTest, ManyRecordsThatCannotBeCopiedDoNotEndTheRun) {
  for (int i = 0; i < 120; ++i) remove(stored().main_key);
  const ImageRecord sound = stored();
  EXPECT_EQ(run().failed, 120);
  EXPECT_EQ(at_target(sound), "same");
}

TEST_F(MigrateFaultTest, ListingThatFailsEndsTheRun) {
  stored();
  metadata_.fail_next(MetadataOperation::RecordsAfter, FaultTime::Before);
  EXPECT_FALSE(try_run());
  target_metadata_.fail_next(MetadataOperation::RecordsAfter, FaultTime::Before);
  EXPECT_FALSE(try_run());
  metadata_.fail_next(MetadataOperation::Find, FaultTime::Before);
  EXPECT_FALSE(try_run());
  EXPECT_EQ(run(), (MigrationReport{.records = 1, .unchanged = 1}));
}

}  // namespace
}  // namespace tintype
