#include "service/claim_lease.h"

#include <gmock/gmock.h>

#include <future>

#include "adapters/system_clock/system_clock.h"
#include "tests/support/service_fixture.h"

namespace tintype {
namespace {

using namespace testing_support;
using namespace std::chrono_literals;

class ClaimLeaseTest : public ServiceFixture {
 protected:
  UploadClaim claimed() {
    const ImageRecord record = RecordMaker("ann").next();
    const UploadClaim wanted{.user = record.user_id,
                             .token = *IdempotencyToken::parse("token"),
                             .fingerprint = std::string(64, 'f'),
                             .image_id = record.image_id,
                             .blob_keys = {record.main_key},
                             .holder = "holder",
                             .due = clock_.now() + kShortLease};
    return std::get<UploadClaim>(metadata_.claim(wanted, clock_.now(), soon()).value());
  }
  UnixTime due() { return claims().at(0).due; }
  template <typename Condition>
  static bool eventually(Condition condition) {
    const Deadline deadline = soon();
    while (!condition()) {
      if (deadline.expired()) return false;
      std::this_thread::sleep_for(1ms);
    }
    return true;
  }

  static constexpr std::chrono::milliseconds kShortLease{300};
  LeaseKeeper keeper_{metadata_, clock_, kShortLease, log_};
};

TEST_F(ClaimLeaseTest, ClaimIsRenewedAgainAndAgainWhileTheLeaseLives) {
  const UploadClaim claim = claimed();
  const ClaimLease lease(keeper_, claim, Deadline::Clock::now());
  for (int renewal = 1; renewal <= 3; ++renewal) {
    clock_.advance(100ms);
    const UnixTime wanted = clock_.now() + kShortLease;
    ASSERT_TRUE(eventually([&] { return due() == wanted; }));
    EXPECT_FALSE(lease.deadline().expired());
  }
}

TEST_F(ClaimLeaseTest, EndedLeaseKnowsTheLastDueAndIsNotRenewedAnyMore) {
  ClaimLease lease(keeper_, claimed(), Deadline::Clock::now());
  clock_.advance(1s);
  ASSERT_TRUE(eventually([&] { return due() == clock_.now() + kShortLease; }));
  EXPECT_EQ(lease.end().due, due());
  const std::size_t renewals = metadata_.calls(MetadataOperation::Renew);
  const UploadClaim ended = lease.end();
  EXPECT_TRUE(metadata_.expire(ended, clock_.now(), soon()));
  std::this_thread::sleep_for(kShortLease / 2);  // more than the time to a renewal
  EXPECT_EQ(metadata_.calls(MetadataOperation::Renew), renewals);
}

TEST_F(ClaimLeaseTest, LostClaimPutsTheDeadlineIntoThePast) {
  const UploadClaim claim = claimed();
  const ClaimLease lease(keeper_, claim, Deadline::Clock::now());
  ASSERT_TRUE(sqlite_->release(claim, clock_.now(), soon()));
  EXPECT_TRUE(eventually([&] { return metadata_.calls(MetadataOperation::Renew) > 0; }));
  EXPECT_TRUE(eventually([&] { return lease.deadline().expired(); }));
}

TEST_F(ClaimLeaseTest, FailedRenewalIsTriedAgainBeforeTheLeaseEnds) {
  metadata_.fail_next(MetadataOperation::Renew, FaultTime::Before, 2);
  const ClaimLease lease(keeper_, claimed(), Deadline::Clock::now());
  clock_.advance(1s);
  EXPECT_TRUE(eventually([&] { return due() == clock_.now() + kShortLease; }));
}

TEST_F(ClaimLeaseTest, WithoutRenewalTheDeadlineIsTheEndOfTheLease) {
  metadata_.set_hook(MetadataOperation::Renew, FaultTime::Before,
                     [](std::string_view) { return std::optional(Error{ErrorCode::StoreUnavailable, "gone"}); });
  const auto asked = Deadline::Clock::now();
  const ClaimLease lease(keeper_, claimed(), asked);
  EXPECT_EQ(lease.deadline().time_point(), asked + kShortLease);
}

// A renewal that stands still in the store until it is let go.
class HangingRenewal : public ClaimLeaseTest {
 protected:
  HangingRenewal() {
    metadata_.set_hook(MetadataOperation::Renew, FaultTime::Before, [this](std::string_view) {
      if (first_.exchange(false)) {
        begun_.set_value();
        go_on_.get_future().wait();
        renewed_ = true;
      }
      return std::optional<Error>();
    });
  }

  std::promise<void> begun_;
  std::promise<void> go_on_;
  std::atomic<bool> first_ = true;
  std::atomic<bool> renewed_ = false;
};

TEST_F(HangingRenewal, IsWaitedForAMomentAtTheEnd) {
  ClaimLease lease(keeper_, claimed(), Deadline::Clock::now());
  begun_.get_future().wait();
  auto ended = std::async(std::launch::async, [&] {
    lease.end();
    return renewed_.load();
  });
  go_on_.set_value();
  EXPECT_TRUE(ended.get());
}

TEST_F(HangingRenewal, DoesNotHoldUpTheEndAndChangesNoOtherLeaseAfterIt) {
  auto lease = std::make_unique<ClaimLease>(keeper_, claimed(), Deadline::Clock::now());
  begun_.get_future().wait();
  const UploadClaim claim = lease->end();
  EXPECT_FALSE(renewed_);
  lease = std::make_unique<ClaimLease>(keeper_, claim, Deadline::Clock::now() - kShortLease);  // perhaps in its place
  const auto deadline = lease->deadline();
  lease->end();
  go_on_.set_value();
  EXPECT_TRUE(eventually([&] { return renewed_.load(); }));
  EXPECT_EQ(lease->deadline().time_point(), deadline.time_point());
}

}  // namespace
}  // namespace tintype
