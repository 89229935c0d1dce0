#include "service/derive_image.h"

#include <gmock/gmock.h>

#include "base/crypto/sha256.h"
#include "model/blob_key.h"
#include "service/delete_image.h"
#include "service/sweep.h"
#include "tests/support/service_fixture.h"

namespace tintype {
namespace {

using namespace testing_support;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class DeriveImageTest : public ServiceFixture {
 protected:
  // One with a thumbnail of which nothing is known.
  ImageRecord old() {
    const ImageRecord record = maker_.next();
    EXPECT_TRUE(memory_blobs_.put(record.main_key, as_bytes("main"), {}, soon()));
    EXPECT_TRUE(memory_blobs_.put(*record.thumbnail_key, as_bytes("old thumbnail"), {}, soon()));
    EXPECT_TRUE(add_record(metadata_, record));
    return record;
  }
  Result<void> derive(const ImageRecord& record) { return derive_.run(thumbnail_job(record), soon); }
  ImageRecord found(const ImageRecord& record) { return metadata_.find(record.image_id, soon()).value(); }
  static std::string key(const ImageRecord& record, std::int64_t version) {
    return BlobKey::of(record.user_id, record.image_id, Variant::Thumbnail, version).text();
  }

  Admission admission_{{.slots = 2, .memory_budget = 1U << 30U, .waiting = 8}};
  StoredDerivatives stored_{engine_, admission_, blobs_, {.effort = 2, .encoder = "test/1"}};
  DeriveImage derive_{metadata_, derivations_, stored_, image_cache_, bus_, clock_};
};

TEST_F(DeriveImageTest, ThumbnailIsMadeOfTheMainPictureAndTheRecordSaysSo) {
  const ImageRecord record = add_processing_image();
  ASSERT_TRUE(derive(record));
  const ImageRecord now = found(record);
  EXPECT_EQ(now.status, ProcessingStatus::Completed);
  EXPECT_EQ(now.thumbnail_key, key(record, 1));
  EXPECT_EQ(blob_text(key(record, 1)), "main 400x400");
  EXPECT_EQ(now.thumbnail_sha256.size(), 64U);
  EXPECT_EQ(now.thumbnail_recipe, "thumbnail@1 400x400 cover webp q80 m2 test/1");
  EXPECT_EQ(now.version, record.version + 1);
  EXPECT_FALSE(now.redrive_at);
}

TEST_F(DeriveImageTest, JobThatComesTwiceMakesOneThumbnailAndOneEvent) {
  const ImageRecord record = add_processing_image();
  ASSERT_TRUE(derive(record));
  ASSERT_TRUE(derive(record));
  EXPECT_EQ(engine_.renders(), 1);
  const std::string id = record.image_id.text();
  EXPECT_THAT(events(), ElementsAre("processing " + id, "completed " + id));
  EXPECT_THAT(bus_.published(), ElementsAre(id));
}

// As when the lease of one that is slow has run out.
TEST_F(DeriveImageTest, TwoAttemptsAtOneTimeMakeOneThumbnailAndOneEvent) {
  const ImageRecord record = add_processing_image();
  bool nested = false;
  blobs_.set_hook(BlobOperation::Put, FaultTime::Before, [&](std::string_view) {
    if (!std::exchange(nested, true)) EXPECT_TRUE(derive(record));
    return std::optional<Error>();
  });
  ASSERT_TRUE(derive(record));
  EXPECT_EQ(engine_.renders(), 2);
  EXPECT_THAT(blob_keys(), UnorderedElementsAre(record.main_key, key(record, 1)));
  EXPECT_THAT(events(), SizeIs(2));
  EXPECT_THAT(journal(), IsEmpty());
}

TEST_F(DeriveImageTest, BlobOfAnEarlierAttemptIsTheThumbnail) {
  const ImageRecord record = add_processing_image();
  ASSERT_TRUE(memory_blobs_.put(key(record, 1), as_bytes("made before"), {}, soon()));
  ASSERT_TRUE(derive(record));
  EXPECT_EQ(blob_text(*found(record).thumbnail_key), "made before");
  EXPECT_EQ(found(record).thumbnail_sha256, hex(sha256(as_bytes("made before"))));
}

TEST_F(DeriveImageTest, ImageThatIsGoneEndsTheJobAndLeavesNothing) {
  const ImageRecord record = add_processing_image();
  DeleteImage remove(metadata_, finish_, image_cache_, bus_, clock_);
  ASSERT_TRUE(remove.run(record.user_id, record.image_id, soon()));
  EXPECT_TRUE(derive(record));
  EXPECT_EQ(engine_.renders(), 0);
  EXPECT_THAT(blob_keys(), IsEmpty());
}

TEST_F(DeriveImageTest, ImageThatIsDeletedMeanwhileLeavesNothing) {
  const ImageRecord record = add_processing_image();
  DeleteImage remove(metadata_, finish_, image_cache_, bus_, clock_);
  blobs_.set_hook(BlobOperation::Put, FaultTime::Before, [&](std::string_view) {
    EXPECT_TRUE(remove.run(record.user_id, record.image_id, soon()));
    return std::optional<Error>();
  });
  EXPECT_TRUE(derive(record));
  EXPECT_THAT(journal(), SizeIs(1)) << "with the key that was put after the deletion";
  EXPECT_TRUE(Sweep(metadata_, blobs_, finish_, clock_).run({}, soon()));
  EXPECT_THAT(blob_keys(), IsEmpty());
}

// The job is killed right after its put, and its message is lost.
TEST_F(DeriveImageTest, DeletionOfAProcessingImageLooksOnceMore) {
  const ImageRecord record = add_processing_image();
  DeleteImage remove(metadata_, finish_, image_cache_, bus_, clock_);
  ASSERT_TRUE(remove.run(record.user_id, record.image_id, soon()));
  EXPECT_THAT(blob_keys(), IsEmpty()) << "at once";
  ASSERT_TRUE(memory_blobs_.put(key(record, 1), as_bytes("late"), {}, soon()));
  clock_.advance(kLongestDerivation + std::chrono::seconds(1));
  EXPECT_TRUE(Sweep(metadata_, blobs_, finish_, clock_).run({}, soon()));
  EXPECT_THAT(blob_keys(), IsEmpty());
  EXPECT_THAT(journal(), IsEmpty());
}

TEST_F(DeriveImageTest, MissingMainPictureIsAnErrorWhileTheRecordIsThere) {
  const ImageRecord record = add_processing_image();
  ASSERT_TRUE(memory_blobs_.remove(record.main_key, soon()));
  EXPECT_FALSE(derive(record));
  EXPECT_EQ(found(record).status, ProcessingStatus::Processing);
}

TEST_F(DeriveImageTest, FailuresLeaveTheImageProcessing) {
  const ImageRecord record = add_processing_image();
  engine_.fail_next(1);
  EXPECT_FALSE(derive(record));
  blobs_.fail_next(BlobOperation::Open, FaultTime::Before);
  EXPECT_FALSE(derive(record));
  blobs_.fail_next(BlobOperation::Put, FaultTime::After);
  EXPECT_FALSE(derive(record));
  metadata_.fail_next(MetadataOperation::Find, FaultTime::Before);
  EXPECT_FALSE(derive(record));
  EXPECT_EQ(found(record).status, ProcessingStatus::Processing);
  EXPECT_TRUE(derive(record));
  EXPECT_EQ(found(record).status, ProcessingStatus::Completed);
}

TEST_F(DeriveImageTest, NothingIsPutOnceSomebodyElseMayHaveTheJob) {
  const ImageRecord record = add_processing_image();
  int asked = 0;
  const auto lost_while_rendering = [&] { return ++asked <= 2 ? soon() : Deadline::after(std::chrono::seconds(-1)); };
  blobs_.set_hook(BlobOperation::Put, FaultTime::Before, [&](std::string_view) {
    return std::optional(Error{ErrorCode::DeadlineExceeded, "as a store does with a deadline that has passed"});
  });
  EXPECT_FALSE(derive_.run(thumbnail_job(record), lost_while_rendering));
  EXPECT_GE(asked, 3) << "asked again before the put";
}

TEST_F(DeriveImageTest, GivenUpImageIsFailedAndSaysWhy) {
  const ImageRecord record = add_processing_image();
  ASSERT_TRUE(memory_blobs_.put(key(record, 1), as_bytes("half done"), {}, soon()));
  ASSERT_TRUE(derive_.give_up(thumbnail_job(record), {ErrorCode::ImageUndecodable, "it cannot be decoded"}, soon()));
  const ImageRecord now = found(record);
  EXPECT_EQ(now.status, ProcessingStatus::Failed);
  EXPECT_EQ(now.processing_error, "it cannot be decoded");
  EXPECT_FALSE(now.redrive_at);
  EXPECT_TRUE(Sweep(metadata_, blobs_, finish_, clock_).run({}, soon()));
  EXPECT_THAT(blob_keys(), ElementsAre(record.main_key));
  const std::string id = record.image_id.text();
  EXPECT_THAT(events(), ElementsAre("processing " + id, "failed " + id));
}

TEST_F(DeriveImageTest, FailedImageIsCompletedByALaterJobUnderANewKey) {
  const ImageRecord record = add_processing_image();
  ASSERT_TRUE(derive_.give_up(thumbnail_job(record), {ErrorCode::ImageUndecodable, "no"}, soon()));
  ASSERT_TRUE(derive(record));
  EXPECT_EQ(found(record).status, ProcessingStatus::Completed);
  EXPECT_EQ(found(record).thumbnail_key, key(record, 2));
  EXPECT_FALSE(found(record).processing_error);
  EXPECT_TRUE(Sweep(metadata_, blobs_, finish_, clock_).run({}, soon()));
  EXPECT_THAT(blob_keys(), UnorderedElementsAre(record.main_key, key(record, 2)));
}

TEST_F(DeriveImageTest, OldThumbnailIsMadeAnewAndStaysForAWhile) {
  const ImageRecord record = old();
  ASSERT_TRUE(derive(record));
  EXPECT_EQ(found(record).thumbnail_key, key(record, 2));
  EXPECT_EQ(found(record).status, ProcessingStatus::Completed);
  Sweep sweep(metadata_, blobs_, finish_, clock_);
  EXPECT_TRUE(sweep.run({}, soon()));
  EXPECT_EQ(blob_text(key(record, 1)), "old thumbnail");
  clock_.advance(kOldDerivativeStays + std::chrono::seconds(1));
  EXPECT_TRUE(sweep.run({}, soon()));
  EXPECT_THAT(blob_keys(), UnorderedElementsAre(record.main_key, key(record, 2)));
}

// The process ends before it has buried the old one, and the job comes again.
TEST_F(DeriveImageTest, OldThumbnailIsBuriedByTheNextDeliveryIfNotBefore) {
  const ImageRecord record = old();
  metadata_.fail_next(MetadataOperation::Bury, FaultTime::Before);
  EXPECT_FALSE(derive(record));
  EXPECT_THAT(journal(), IsEmpty());
  EXPECT_TRUE(derive(record));
  EXPECT_EQ(engine_.renders(), 1);
  clock_.advance(kOldDerivativeStays + std::chrono::seconds(1));
  EXPECT_TRUE(Sweep(metadata_, blobs_, finish_, clock_).run({}, soon()));
  EXPECT_THAT(blob_keys(), UnorderedElementsAre(record.main_key, key(record, 2)));
}

TEST_F(DeriveImageTest, OldThumbnailStaysIfTheNewOneIsGivenUp) {
  const ImageRecord record = old();
  ASSERT_TRUE(derive_.give_up(thumbnail_job(record), {ErrorCode::ImageUndecodable, "no"}, soon()));
  EXPECT_EQ(found(record).status, ProcessingStatus::Completed);
  EXPECT_EQ(found(record).thumbnail_key, record.thumbnail_key);
  EXPECT_EQ(found(record).thumbnail_version, 2) << "which is never used";
}

TEST_F(DeriveImageTest, UnknownRecipeIsAnError) {
  DeriveJob job = thumbnail_job(add_processing_image());
  job.recipe = "panorama";
  EXPECT_FALSE(derive_.run(job, soon));
}

}  // namespace
}  // namespace tintype
