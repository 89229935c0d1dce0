#include "service/sweep.h"

#include <gmock/gmock.h>

#include "tests/support/service_fixture.h"

namespace tintype {
namespace {

using namespace testing_support;
using testing::IsEmpty;
using testing::SizeIs;

class SweepTest : public ServiceFixture {
 protected:
  // An attempt that was cut off after both puts.
  UploadClaim cut_off(std::string_view token) {
    auto begun = upload_claims_.begin(user("ann"), *IdempotencyToken::parse(token), std::string(64, 'f'), soon());
    const UploadClaim claim = std::get<UploadClaims::Lease>(*begun)->end();
    for (const auto& key : claim.blob_keys) EXPECT_TRUE(memory_blobs_.put(key, as_bytes("x"), {}, soon()));
    return claim;
  }
  void cut_off(int uploads) {
    for (int i = 0; i < uploads; ++i) cut_off("token-" + std::to_string(i));
  }
  void pass_lease() { clock_.advance(kLease + std::chrono::milliseconds(1)); }
  SweepReport pass() { return use_case_.run({}, soon()).value(); }

  Sweep use_case_{metadata_, blobs_, finish_, clock_};
};

TEST_F(SweepTest, NothingDueIsNothingDone) {
  cut_off("token");
  const SweepReport report = pass();
  EXPECT_EQ(report.expired + report.forgotten + report.deleted + report.postponed, 0);
  EXPECT_FALSE(report.more);
  EXPECT_THAT(blob_keys(), SizeIs(2));
}

TEST_F(SweepTest, OverdueClaimIsExpiredAndItsBlobsAreRemoved) {
  cut_off("token");
  pass_lease();
  const SweepReport report = pass();
  EXPECT_EQ(report.expired, 1);
  EXPECT_EQ(report.deleted, 1);
  EXPECT_THAT(blob_keys(), IsEmpty());
  EXPECT_THAT(claims(), IsEmpty());
  EXPECT_THAT(journal(), IsEmpty());
}

TEST_F(SweepTest, ClaimThatIsRenewedMeanwhileStays) {
  const UploadClaim claim = cut_off("token");
  pass_lease();
  metadata_.set_hook(MetadataOperation::Expire, FaultTime::Before, [&](std::string_view) {
    EXPECT_TRUE(sqlite_->renew(claim, clock_.now() + kLease, soon()));
    return std::optional<Error>();
  });
  const SweepReport report = pass();
  EXPECT_EQ(report.expired, 0);
  EXPECT_FALSE(report.more);
  EXPECT_THAT(blob_keys(), SizeIs(2));
}

TEST_F(SweepTest, NoBlobIsRemovedBeforeItsClaimIsEnded) {
  cut_off("token");
  pass_lease();
  metadata_.fail_next(MetadataOperation::Expire, FaultTime::Before);
  EXPECT_FALSE(use_case_.run({}, soon()));
  EXPECT_THAT(blob_keys(), SizeIs(2));
  pass();
  EXPECT_THAT(blob_keys(), IsEmpty());
}

TEST_F(SweepTest, CrashAfterTheFenceIsFinishedByTheNextPass) {
  cut_off("token");
  pass_lease();
  metadata_.fail_next(MetadataOperation::Expire, FaultTime::After);
  EXPECT_FALSE(use_case_.run({}, soon()));
  EXPECT_THAT(journal(), SizeIs(1));
  EXPECT_EQ(pass().deleted, 1);
  EXPECT_THAT(blob_keys(), IsEmpty());
}

TEST_F(SweepTest, FailedRemovalIsPostponedLongerAndLongerAndNeverLost) {
  cut_off("token");
  pass_lease();
  blobs_.fail_next(BlobOperation::Remove, FaultTime::Before, 3);
  EXPECT_EQ(pass().postponed, 1);
  std::chrono::milliseconds last_wait{0};
  for (int failures = 1; failures < 3; ++failures) {
    const Deletion entry = journal().at(0);
    EXPECT_EQ(entry.failures, failures);
    const auto wait = entry.due - clock_.now();
    EXPECT_GT(wait, last_wait);
    last_wait = wait;
    EXPECT_EQ(pass().postponed, 0) << "not due yet";
    clock_.advance(wait);
    EXPECT_EQ(pass().postponed, 1);
  }
  clock_.advance(journal().at(0).due - clock_.now());
  EXPECT_EQ(pass().deleted, 1);
  EXPECT_THAT(blob_keys(), IsEmpty());
  EXPECT_THAT(journal(), IsEmpty());
}

TEST_F(SweepTest, WaitForARetryIsAtMostAnHour) {
  cut_off("token");
  pass_lease();
  blobs_.set_hook(BlobOperation::Remove, FaultTime::Before,
                  [](std::string_view) { return std::optional(Error{ErrorCode::StoreUnavailable, "broken"}); });
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(pass().postponed, 1);
    const auto wait = journal().at(0).due - clock_.now();
    EXPECT_LE(wait, std::chrono::hours(1));
    clock_.advance(wait);
  }
}

TEST_F(SweepTest, EntryThatKeepsFailingDoesNotHoldUpTheOthers) {
  const UploadClaim broken = cut_off("broken");
  cut_off(5);
  pass_lease();
  blobs_.set_hook(BlobOperation::Remove, FaultTime::Before, [&](std::string_view key) {
    return key == broken.blob_keys[0] ? std::optional(Error{ErrorCode::StoreUnavailable, "broken"}) : std::nullopt;
  });
  const SweepReport report = pass();
  EXPECT_EQ(report.deleted, 5);
  EXPECT_EQ(report.postponed, 1);
}

TEST_F(SweepTest, PassIsBoundedAndSaysThatThereIsMore) {
  cut_off(1001);
  pass_lease();
  SweepReport report = pass();
  EXPECT_EQ(report.expired, 1000);
  EXPECT_TRUE(report.more);
  report = pass();
  EXPECT_EQ(report.expired, 1);
  EXPECT_FALSE(report.more);
  EXPECT_THAT(blob_keys(), IsEmpty());
}

TEST_F(SweepTest, SweepsAtTheSameTimeDoNotGetIntoEachOthersWay) {
  cut_off(60);
  pass_lease();
  std::atomic<int> expired = 0;
  std::vector<std::thread> sweeps;
  for (int i = 0; i < 4; ++i) sweeps.emplace_back([&] { expired += pass().expired; });
  for (std::thread& sweep : sweeps) sweep.join();
  EXPECT_EQ(expired, 60);
  EXPECT_THAT(blob_keys(), IsEmpty());
  EXPECT_THAT(journal(), IsEmpty());
}

TEST_F(SweepTest, CompletedClaimIsForgottenAndItsImageStays) {
  const ImageRecord record = RecordMaker("ann").next();
  ASSERT_TRUE(add_record(metadata_, record));
  clock_.advance(kRemembered * 365);
  EXPECT_EQ(pass().forgotten, 1);
  EXPECT_THAT(claims(), IsEmpty());
  EXPECT_TRUE(metadata_.find(record.image_id, soon()));
}

TEST_F(SweepTest, StopEndsThePassBetweenTwoClaims) {
  cut_off(5);
  pass_lease();
  std::stop_source stop;
  metadata_.set_hook(MetadataOperation::Expire, FaultTime::After, [&](std::string_view) {
    stop.request_stop();
    return std::optional<Error>();
  });
  const auto report = use_case_.run(stop.get_token(), soon());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->expired, 1);
  EXPECT_TRUE(report->more);
}

}  // namespace
}  // namespace tintype
