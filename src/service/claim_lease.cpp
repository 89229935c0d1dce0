#include "service/claim_lease.h"

namespace tintype {

LeaseRenewals::Outcome LeaseKeeper::renew(const UploadClaim& claim, std::atomic<UnixTime>& due) {
  const UnixTime wanted = end_of_lease();
  const auto renewed = metadata_.renew(claim, wanted, Deadline::after(length()));
  if (renewed) {
    due = wanted;
    return LeaseRenewals::Outcome::Renewed;
  }
  if (renewed.error().code == ErrorCode::ClaimLost) return LeaseRenewals::Outcome::Lost;
  log_.warn("a running upload's claim was not renewed",
            {{"imageId", claim.image_id.text()}, {"error", to_string(renewed.error())}});
  return LeaseRenewals::Outcome::Failed;
}

ClaimLease::ClaimLease(LeaseKeeper& keeper, const UploadClaim& claim, Deadline::Clock::time_point asked)
    : claim_(claim),
      due_(std::make_shared<std::atomic<UnixTime>>(claim.due)),
      lease_(keeper.renewals_, asked, [&keeper, claim, due = due_] { return keeper.renew(claim, *due); }) {}

UploadClaim ClaimLease::end() {
  lease_.end();
  UploadClaim ended = claim_;
  ended.due = *due_;
  return ended;
}

}  // namespace tintype
