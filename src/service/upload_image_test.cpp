#include "service/upload_image.h"

#include <gmock/gmock.h>

#include <future>

#include "model/blob_key.h"
#include "model/jobs/job.h"
#include "tests/support/down_queue.h"
#include "tests/support/process_tree.h"
#include "tests/support/service_fixture.h"

namespace tintype {
namespace {

using namespace testing_support;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class UploadImageTest : public ServiceFixture {
 protected:
  static PictureLimits limits() {
    PictureLimits limits;
    limits.main = {
        .fit = RenderSpec::Fit::Inside, .width = 2048, .height = 2048, .quality = 85, .effort = 2, .placeholder = true};
    limits.thumbnail = {.fit = RenderSpec::Fit::Cover, .width = 400, .height = 400, .quality = 80};
    return limits;
  }
  static IdempotencyToken token(std::string_view text) { return *IdempotencyToken::parse(text); }
  Upload picture(std::string_view token_text, ImageText text = {}) {
    return {.user = user("ann"),
            .token = token(token_text),
            .file = as_bytes("picture"),
            .filename = "holiday.jpg",
            .text = std::move(text)};
  }
  // Each with a token of its own.
  Result<ImageRecord> upload(ImageText text = {}) {
    auto uploaded = use_case_.run(picture("token-" + std::to_string(++uploads_), std::move(text)), soon());
    if (!uploaded) return fail(uploaded.error());
    return std::move(uploaded->record);
  }
  std::string main_key(const ImageRecord& record) {
    return BlobKey::of(record.user_id, record.image_id, Variant::Main).text();
  }

  int uploads_ = 0;
  Admission admission_{{.slots = 2, .memory_budget = 1U << 30U, .waiting = 8}};
  PictureMaker pictures_{engine_, admission_, limits()};
  UploadImage use_case_{pictures_, writer_, upload_claims_, image_cache_, inline_};
};

TEST_F(UploadImageTest, StoresBothPicturesAndTheRecord) {
  const auto record = upload({.title = "Sea"});
  ASSERT_TRUE(record) << to_string(record.error());
  EXPECT_THAT(blob_keys(), UnorderedElementsAre(record->main_key, *record->thumbnail_key));
  EXPECT_EQ(blob_text(record->main_key), "picture 2048x1536");
  EXPECT_EQ(blob_text(*record->thumbnail_key), "picture 400x400");
  const auto found = metadata_.find(record->image_id, soon());
  ASSERT_TRUE(found);
  EXPECT_EQ(describe(*found), describe(*record));
}

TEST_F(UploadImageTest, RecordSaysWhatWasUploadedAndWhatWasMade) {
  const auto record = upload();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->original_filename, "holiday.jpg");
  EXPECT_EQ(record->file_size, 7U);
  EXPECT_EQ(record->processed_size, std::string("picture 2048x1536").size());
  EXPECT_EQ(record->content_sha256, "2cea274d0bedc39ec4ab6ba9e59ec889e3ed6fb56a1cf088a64d9b383378dc97")
      << "sha256 of \"picture\"";
  EXPECT_EQ(record->placeholder, "AQI=");
  EXPECT_EQ(record->quality, 85);
  EXPECT_EQ(record->uploaded_at, clock_.now());
  EXPECT_EQ(record->status, ProcessingStatus::Completed);
}

TEST_F(UploadImageTest, InvalidTextIsRefusedBeforeAnyWork) {
  const auto record = upload({.title = std::string(500, 'x')});
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().code, ErrorCode::ValidationFailed);
  EXPECT_EQ(engine_.probes(), 0);
}

TEST_F(UploadImageTest, TooManyPixelsAreRefusedBeforeAnyDecode) {
  FakeImageEngine huge({.width = 10'000, .height = 10'000, .bands = 3});
  FaultInjectingImageEngine counted(huge);
  PictureMaker pictures(counted, admission_, limits());
  UploadImage use_case(pictures, writer_, upload_claims_, image_cache_, inline_);
  const auto record = use_case.run(picture("t"), soon());
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().code, ErrorCode::ImageTooLarge);
  EXPECT_EQ(counted.renders(), 0);
}

TEST_F(UploadImageTest, UndecodableImageLeavesNothing) {
  engine_.fail_next(1);
  EXPECT_FALSE(upload());
  EXPECT_THAT(blob_keys(), IsEmpty());
  EXPECT_EQ(claims().size(), 1U) << "for a retry, or for the sweeper";
}

TEST_F(UploadImageTest, NoRecordIsWrittenBeforeBothPicturesAreStored) {
  std::atomic<std::size_t> blobs_at_commit{99};
  metadata_.set_hook(MetadataOperation::Complete, FaultTime::Before, [&](std::string_view) {
    blobs_at_commit = blob_keys().size();
    return std::optional<Error>();
  });
  ASSERT_TRUE(upload());
  EXPECT_EQ(blobs_at_commit, 2U);
}

TEST_F(UploadImageTest, BothPicturesComeOfOneRenderAndOneTurn) {
  engine_.hang_next(1);
  auto uploaded = std::async(std::launch::async, [&] { return upload(); });
  EXPECT_TRUE(engine_.wait_for_hanging(1, soon()));
  EXPECT_EQ(admission_.running(), 1);
  engine_.release();
  EXPECT_TRUE(uploaded.get());
  EXPECT_EQ(engine_.renders(), 1);
}

TEST_F(UploadImageTest, BothPutsAreInFlightAtOnce) {
  std::mutex mutex;
  std::condition_variable changed;
  int in_flight = 0;
  blobs_.set_hook(BlobOperation::Put, FaultTime::Before, [&](std::string_view) -> std::optional<Error> {
    std::unique_lock lock(mutex);
    ++in_flight;
    changed.notify_all();
    if (!changed.wait_for(lock, std::chrono::seconds(10), [&] { return in_flight == 2; }))
      return Error{ErrorCode::StoreUnavailable, "alone"};
    return std::nullopt;
  });
  EXPECT_TRUE(upload());
}

TEST_F(UploadImageTest, TurnIsGivenBackBeforeThePutsHaveEnded) {
  blobs_.set_hook(BlobOperation::Put, FaultTime::After, [&](std::string_view) {
    EXPECT_TRUE(eventually([&] { return admission_.running() == 0; }));
    return std::optional<Error>();
  });
  EXPECT_TRUE(upload());
}

TEST_F(UploadImageTest, MainPutThatFailsWaitsForTheOther) {
  std::atomic<int> puts{0};
  blobs_.set_hook(BlobOperation::Put, FaultTime::After, [&](std::string_view key) -> std::optional<Error> {
    if (key.find("/thumbnails/") == std::string_view::npos) return Error{ErrorCode::StoreUnavailable, "injected"};
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // a put that takes its time
    ++puts;
    return std::nullopt;
  });
  EXPECT_FALSE(upload());
  EXPECT_EQ(puts, 1) << "a put is still on its way";
}

TEST_F(UploadImageTest, FullPutPoolStillStoresEverything) {
  BoundedExecutor no_room("none", 0, 0);
  BlobWriter writer(blobs_, no_room);
  UploadImage use_case(pictures_, writer, upload_claims_, image_cache_, inline_);
  EXPECT_TRUE(use_case.run(picture("t"), soon()));
  EXPECT_EQ(blob_keys().size(), 2U);
}

TEST_F(UploadImageTest, TurnIsGivenBackWhenTheWorkIsDone) {
  ASSERT_TRUE(upload());
  EXPECT_EQ(admission_.running(), 0);
  engine_.fail_next(1);
  ASSERT_FALSE(upload());
  EXPECT_EQ(admission_.running(), 0);
}

class AsyncUploadTest : public UploadImageTest {
 protected:
  Result<Uploaded> upload_async(std::string_view token_text) {
    return async_use_case_.run(picture(token_text), soon());
  }

  UploadImage async_use_case_{pictures_, writer_, upload_claims_, image_cache_, async_};
};

TEST_F(AsyncUploadTest, AnswersWithoutAThumbnailAndLeavesAJob) {
  const auto uploaded = upload_async("t");
  ASSERT_TRUE(uploaded);
  const ImageRecord& record = uploaded->record;
  EXPECT_EQ(record.status, ProcessingStatus::Processing);
  EXPECT_FALSE(record.thumbnail_key);
  EXPECT_EQ(record.placeholder, "AQI=");
  EXPECT_EQ(record.redrive_at, clock_.now() + kRedriveAfter);
  EXPECT_EQ(engine_.renders(), 1);
  EXPECT_THAT(blob_keys(), testing::ElementsAre(record.main_key));
  const auto jobs = received_jobs();
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(parse_derive_job(jobs[0].job.body), thumbnail_job(record));
  EXPECT_THAT(events(), testing::ElementsAre("processing " + record.image_id.text()));
}

TEST_F(AsyncUploadTest, StoreWithTheQueuePushesTheJobInTheCommit) {
  SqliteMetadataStore store(sqlite_->database(), {.push_jobs = true});
  LeaseKeeper leases(store, clock_, kLease, log_);
  UploadClaims claims(store, leases, clock_, ids_, kRemembered, log_);
  SqliteJobQueue fed(sqlite_->database(), clock_, {.fed_by_commits = true});
  DerivationScheduler scheduler(async_mode_, fed, bus_, kRedriveAfter, log_);
  UploadImage use_case(pictures_, writer_, claims, image_cache_, scheduler);
  ASSERT_TRUE(use_case.run(picture("t"), soon()));
  EXPECT_EQ(received_jobs().size(), 1U);
}

TEST_F(AsyncUploadTest, UploadIsAnsweredThoughTheQueueIsDown) {
  DownQueue down;
  DerivationScheduler scheduler(async_mode_, down, bus_, kRedriveAfter, log_);
  UploadImage use_case(pictures_, writer_, upload_claims_, image_cache_, scheduler);
  ASSERT_TRUE(use_case.run(picture("t"), soon()));
  EXPECT_EQ(derivations_.due(clock_.now() + kRedriveAfter, 10, soon())->size(), 1U) << "found by the re-drive";
}

TEST_F(AsyncUploadTest, ReplayAnswersAsTheFirstTime) {
  const auto first = upload_async("t");
  ASSERT_TRUE(first);
  const auto again = upload_async("t");
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->replayed);
  EXPECT_EQ(describe(again->record), describe(first->record));
  EXPECT_EQ(received_jobs().size(), 1U);
  EXPECT_THAT(events(), testing::SizeIs(1));
}

TEST_F(AsyncUploadTest, FailedMainPictureLeavesNoJob) {
  engine_.fail_next(1);
  EXPECT_FALSE(upload_async("t"));
  EXPECT_THAT(received_jobs(), IsEmpty());
  EXPECT_THAT(events(), IsEmpty());
}

}  // namespace
}  // namespace tintype
