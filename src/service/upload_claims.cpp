// DESIGN
// Blobs and records are in two stores that share no transaction, and an attempt can be cut off, or be slow, anywhere.
// What holds nevertheless:
//   - every key is in the journal before anything is written under it;
//   - a key is written once: puts do not replace, so an attempt that is late cannot change what a retry has stored;
//   - a key is removed only when it is dead, in the journal of deletions, from where no attempt can take it back. An
//     attempt that has failed removes nothing: between asking whether it still holds the claim and removing, a retry
//     could have taken it;
//   - the record is added by the holder of the claim, in the same step that completes the claim.
// What is left is an attempt that was stopped for longer than its lease, just before its put became visible, and whose
// keys have been swept: it finds at the end that the claim is lost, and buries its keys again. If it is killed before
// that, `tintype verify` finds the file.
#include "service/upload_claims.h"

#include "base/crash_point.h"
#include "model/blob_key.h"

namespace tintype {
namespace {

// The request's own deadline may be why it failed; but its client waits, and a sweep does what cannot be done now.
constexpr std::chrono::milliseconds kTimeToLetGo{500};

}  // namespace

Result<std::variant<UploadClaims::Lease, ImageRecord>> UploadClaims::begin(const UserId& user,
                                                                           const IdempotencyToken& token,
                                                                           const std::string& fingerprint,
                                                                           Deadline deadline) {
  const auto asked = Deadline::Clock::now();
  const UnixTime now = clock_.now();
  const auto milliseconds = static_cast<std::uint64_t>(now.time_since_epoch().count());
  const ImageId image = *ImageId::parse(ids_.next(milliseconds));
  const UploadClaim wanted{.user = user,
                           .token = token,
                           .fingerprint = fingerprint,
                           .image_id = image,
                           .blob_keys = {BlobKey::of(user, image, Variant::Main).text(),
                                         BlobKey::of(user, image, Variant::Thumbnail).text()},
                           .holder = ids_.next(milliseconds),
                           .due = leases_.end_of_lease()};
  auto outcome = metadata_.claim(wanted, now, deadline);
  if (!outcome) return fail(outcome.error());
  if (auto* record = std::get_if<ImageRecord>(&*outcome)) return std::move(*record);
  crash_point("upload.claimed");
  return std::make_unique<ClaimLease>(leases_, std::get<UploadClaim>(std::move(*outcome)), asked);
}

Result<void> UploadClaims::complete(ClaimLease& lease, const ImageRecord& record, Deadline deadline) {
  crash_point("upload.before-commit");
  auto completed = metadata_.complete(lease.claim(), record, clock_.now() + remembered_, deadline);
  if (completed) crash_point("upload.committed");
  return completed;
}

Error UploadClaims::give_up(ClaimLease& lease, const Error& error) {
  const UploadClaim claim = lease.end();
  const Deadline deadline = Deadline::after(kTimeToLetGo);
  auto let_go_of_it = let_go(claim, error, deadline);
  const bool lost = !let_go_of_it && let_go_of_it.error().code == ErrorCode::ClaimLost;
  const Error answer = lost ? let_go_of_it.error() : error;
  if (lost) let_go_of_it = bury(claim, deadline);
  if (!let_go_of_it) {
    log_.warn("a failed upload's claim stays until it runs out",
              {{"imageId", claim.image_id.text()}, {"error", to_string(let_go_of_it.error())}});
  }
  crash_point("upload.given-up");
  return answer;
}

Result<void> UploadClaims::let_go(const UploadClaim& claim, const Error& error, Deadline deadline) {
  if (error.code == ErrorCode::ClaimLost) return fail(error);
  if (error.code != ErrorCode::AlreadyExists) return metadata_.release(claim, leases_.end_of_lease(), deadline);
  const auto expired = metadata_.expire(claim, clock_.now(), deadline);
  return expired ? Result<void>() : fail(expired.error());
}

// What this attempt may have stored too late is nobody's, unless whoever took the claim has adopted it.
Result<void> UploadClaims::bury(const UploadClaim& claim, Deadline deadline) {
  const auto buried = metadata_.bury(claim.image_id, claim.blob_keys, clock_.now(), deadline);
  return buried ? Result<void>() : fail(buried.error());
}

}  // namespace tintype
