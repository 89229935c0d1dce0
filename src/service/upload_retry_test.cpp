// One token makes one image, whatever happens to the attempts.
#include <gmock/gmock.h>

#include <future>

#include "model/blob_key.h"
#include "service/sweep.h"
#include "service/upload_image.h"
#include "tests/support/service_fixture.h"

namespace tintype {
namespace {

using namespace testing_support;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class UploadRetryTest : public ServiceFixture {
 protected:
  static PictureLimits limits(int edge = 2048) {
    PictureLimits limits;
    limits.main = {.fit = RenderSpec::Fit::Inside, .width = edge, .height = edge, .placeholder = true};
    limits.thumbnail = {.fit = RenderSpec::Fit::Cover, .width = 400, .height = 400};
    return limits;
  }
  static Upload picture(std::string_view file = "picture", ImageText text = {}) {
    return {.user = user("ann"),
            .token = *IdempotencyToken::parse("token"),
            .file = as_bytes(file),
            .filename = "x.jpg",
            .text = std::move(text)};
  }
  Result<Uploaded> attempt() { return use_case_.run(picture(), soon()); }
  static ErrorCode code_of(const Result<Uploaded>& uploaded) {
    return uploaded ? ErrorCode::Internal : uploaded.error().code;
  }
  void pass_lease() { clock_.advance(kLease + std::chrono::milliseconds(1)); }
  SweepReport swept() { return sweep_.run({}, soon()).value(); }
  std::vector<ImageRecord> records() { return metadata_.records_after(std::nullopt, 100, soon()).value(); }

  // Nothing is stored but what a record points at.
  void expect_clean() {
    std::vector<std::string> wanted;
    for (const ImageRecord& record : records()) {
      wanted.push_back(record.main_key);
      wanted.push_back(*record.thumbnail_key);
    }
    EXPECT_THAT(blob_keys(), testing::UnorderedElementsAreArray(wanted));
    EXPECT_THAT(journal(), IsEmpty());
  }

  Admission admission_{{.slots = 4, .memory_budget = 1U << 30U, .waiting = 64}};
  PictureMaker pictures_{engine_, admission_, limits()};
  UploadImage use_case_{pictures_, writer_, upload_claims_, image_cache_, inline_};
  Sweep sweep_{metadata_, blobs_, finish_, clock_};
};

TEST_F(UploadRetryTest, SecondUploadIsAnsweredLikeTheFirstWithoutAnyWork) {
  const auto first = attempt();
  ASSERT_TRUE(first) << to_string(first.error());
  EXPECT_FALSE(first->replayed);
  const auto second = attempt();
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->replayed);
  EXPECT_EQ(describe(second->record), describe(first->record));
  EXPECT_EQ(engine_.probes(), 1);
}

TEST_F(UploadRetryTest, ReplayIsWhatWasAnsweredFirstAlsoWhenTheImageHasChangedOrGone) {
  const auto first = attempt();
  ASSERT_TRUE(metadata_.update_text(first->record.image_id, {.title = "later"}, std::nullopt, clock_.now(), soon()));
  EXPECT_EQ(describe(attempt()->record), describe(first->record));
  ASSERT_TRUE(metadata_.begin_deletion(first->record.image_id, clock_.now(), soon()));
  EXPECT_EQ(describe(attempt()->record), describe(first->record));
}

TEST_F(UploadRetryTest, TokenIsForgottenAfterItsTime) {
  const auto first = attempt();
  clock_.advance(kRemembered);
  const auto second = attempt();
  ASSERT_TRUE(second);
  EXPECT_FALSE(second->replayed);
  EXPECT_THAT(records(), SizeIs(2));
}

TEST_F(UploadRetryTest, OtherFileOrTextIsAMismatch) {
  ASSERT_TRUE(attempt());
  EXPECT_EQ(code_of(use_case_.run(picture("other"), soon())), ErrorCode::IdempotencyMismatch);
  EXPECT_EQ(code_of(use_case_.run(picture("picture", {.title = "x"}), soon())), ErrorCode::IdempotencyMismatch);
  EXPECT_EQ(code_of(use_case_.run(picture("picture", {.tags = {"x"}}), soon())), ErrorCode::IdempotencyMismatch);
}

TEST_F(UploadRetryTest, TextInAnotherFieldIsAMismatch) {
  ASSERT_TRUE(use_case_.run(picture("picture", {.title = "x"}), soon()));
  EXPECT_EQ(code_of(use_case_.run(picture("picture", {.description = "x"}), soon())), ErrorCode::IdempotencyMismatch);
}

TEST_F(UploadRetryTest, OfConcurrentUploadsOneRuns) {
  engine_.hang_next(1);
  auto first = std::async(std::launch::async, [&] { return attempt(); });
  ASSERT_TRUE(engine_.wait_for_hanging(1, soon()));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(code_of(attempt()), ErrorCode::UploadInProgress);
  engine_.release();
  ASSERT_TRUE(first.get());
  EXPECT_TRUE(attempt()->replayed);
  EXPECT_THAT(records(), SizeIs(1));
}

TEST_F(UploadRetryTest, FailedUploadCanBeRetriedAtOnceWithTheSameImageIdAndKeys) {
  blobs_.fail_next(BlobOperation::Put, FaultTime::Before);
  EXPECT_EQ(code_of(attempt()), ErrorCode::StoreUnavailable);
  const auto left = claims();
  ASSERT_THAT(left, SizeIs(1));
  const auto retried = attempt();
  ASSERT_TRUE(retried) << to_string(retried.error());
  EXPECT_FALSE(retried->replayed);
  EXPECT_EQ(retried->record.image_id, left[0].image_id);
  EXPECT_THAT(left[0].blob_keys, ElementsAre(retried->record.main_key, *retried->record.thumbnail_key));
  expect_clean();
}

TEST_F(UploadRetryTest, PutWhoseAnswerWasLostIsAdoptedByTheRetry) {
  blobs_.fail_next(BlobOperation::Put, FaultTime::After, 2);
  EXPECT_EQ(code_of(attempt()), ErrorCode::StoreUnavailable);
  EXPECT_THAT(blob_keys(), SizeIs(2));
  EXPECT_TRUE(attempt());
  EXPECT_THAT(records(), SizeIs(1));
  expect_clean();
}

TEST_F(UploadRetryTest, RetryWithOtherSettingsLeavesTheOldBytesAndTakesNewKeys) {
  metadata_.fail_next(MetadataOperation::Complete, FaultTime::Before);
  ASSERT_FALSE(attempt());
  const auto left = claims();
  PictureMaker smaller(engine_, admission_, limits(1024));
  UploadImage use_case(smaller, writer_, upload_claims_, image_cache_, inline_);
  const auto retried = use_case.run(picture(), soon());
  ASSERT_TRUE(retried) << to_string(retried.error());
  EXPECT_NE(retried->record.image_id, left[0].image_id);
  EXPECT_EQ(blob_text(retried->record.main_key), "picture 1024x768");
  EXPECT_EQ(blob_text(left[0].blob_keys[0]), "picture 2048x1536");
  EXPECT_EQ(swept().deleted, 1);
  EXPECT_THAT(records(), SizeIs(1));
  expect_clean();
}

TEST_F(UploadRetryTest, CommitWhoseAnswerWasLostIsReplayedToTheRetry) {
  metadata_.fail_next(MetadataOperation::Complete, FaultTime::After);
  EXPECT_FALSE(attempt());
  const auto retried = attempt();
  ASSERT_TRUE(retried);
  EXPECT_TRUE(retried->replayed);
  pass_lease();
  swept();
  EXPECT_THAT(records(), SizeIs(1));
  expect_clean();
}

TEST_F(UploadRetryTest, FailedUploadThatNobodyRetriesIsSweptAfterTheLease) {
  metadata_.fail_next(MetadataOperation::Complete, FaultTime::Before);
  ASSERT_FALSE(attempt());
  EXPECT_EQ(swept().expired, 0);
  EXPECT_THAT(blob_keys(), SizeIs(2));
  pass_lease();
  EXPECT_EQ(swept().expired, 1);
  EXPECT_THAT(claims(), IsEmpty());
  expect_clean();
}

TEST_F(UploadRetryTest, ClaimThatCannotBeReleasedIsSweptAfterTheLease) {
  blobs_.fail_next(BlobOperation::Put, FaultTime::After);
  metadata_.fail_next(MetadataOperation::Release, FaultTime::Before);
  ASSERT_FALSE(attempt());
  EXPECT_EQ(code_of(attempt()), ErrorCode::UploadInProgress);
  pass_lease();
  swept();
  EXPECT_THAT(claims(), IsEmpty());
  expect_clean();
}

TEST_F(UploadRetryTest, RetryAfterTheLeaseTakesOverAndTheSlowFirstMustNotCommit) {
  bool first_call = true;
  std::optional<Uploaded> winner;
  metadata_.set_hook(MetadataOperation::Complete, FaultTime::Before, [&](std::string_view) {
    if (std::exchange(first_call, false)) {
      pass_lease();
      auto won = attempt();
      EXPECT_TRUE(won);
      if (won) winner = std::move(*won);
    }
    return std::optional<Error>();
  });
  EXPECT_EQ(code_of(attempt()), ErrorCode::ClaimLost);
  ASSERT_TRUE(winner);
  EXPECT_THAT(records(), SizeIs(1));
  EXPECT_EQ(records()[0].image_id, winner->record.image_id);
  expect_clean();
}

TEST_F(UploadRetryTest, SlowFirstWhoseKeysWereSweptBuriesWhatItStoresLate) {
  std::atomic<bool> first_call = true;
  blobs_.set_hook(BlobOperation::Put, FaultTime::Before, [&](std::string_view) {
    if (first_call.exchange(false)) {
      pass_lease();
      EXPECT_EQ(swept().expired, 1);
    }
    return std::optional<Error>();
  });
  EXPECT_EQ(code_of(attempt()), ErrorCode::ClaimLost);
  EXPECT_THAT(blob_keys(), Not(IsEmpty())) << "late, under keys that were swept before";
  EXPECT_EQ(swept().deleted, 1);
  EXPECT_THAT(records(), IsEmpty());
  expect_clean();
}

TEST_F(UploadRetryTest, SlowFirstDoesNotRemoveWhatTheRetryHasAdopted) {
  std::atomic<int> puts = 0;
  std::optional<Uploaded> winner;
  // The first attempt's second put is slow: a retry adopts its first blob, and commits.
  blobs_.set_hook(BlobOperation::Put, FaultTime::Before, [&](std::string_view key) {
    std::optional<Error> error;
    if (key.find("thumbnails") != std::string_view::npos && ++puts == 1) {
      pass_lease();
      auto won = attempt();
      EXPECT_TRUE(won);
      if (won) winner = std::move(*won);
      error = Error{ErrorCode::StoreUnavailable, "slow, and failed"};
    }
    return error;
  });
  EXPECT_EQ(code_of(attempt()), ErrorCode::ClaimLost);
  ASSERT_TRUE(winner);
  swept();
  EXPECT_EQ(blob_text(winner->record.main_key), "picture 2048x1536");
  EXPECT_EQ(blob_text(*winner->record.thumbnail_key), "picture 400x400");
  expect_clean();
}

}  // namespace
}  // namespace tintype
