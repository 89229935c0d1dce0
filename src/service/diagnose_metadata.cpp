#include "service/diagnose_metadata.h"

#include <atomic>
#include <memory>

#include "base/ulid.h"
#include "model/blob_key.h"

namespace tintype {
namespace {

// A run is over long before, and a sweeper does not wait long for one that was killed.
constexpr std::chrono::seconds kLease{60};
constexpr const char* kUser = "tintype doctor";

class MetadataProbe {
 public:
  explicit MetadataProbe(MetadataDiagnosis on) : on_(std::move(on)), claim_(make_claim()), rival_(claim_) {
    rival_.image_id = new_id();
    rival_.blob_keys = keys_of(rival_);
    rival_.holder = new_id().text();
  }

  CheckOutcome answers(Deadline deadline);
  CheckOutcome find(Deadline deadline);
  CheckOutcome list(Deadline deadline);
  CheckOutcome write(Deadline deadline);
  CheckOutcome condition(Deadline deadline);
  CheckOutcome clean_up(Deadline deadline);

 private:
  ImageId new_id() {
    return *ImageId::parse(ids_.next(static_cast<std::uint64_t>(on_.clock.now().time_since_epoch().count())));
  }
  static std::vector<std::string> keys_of(const UploadClaim& claim) {
    return {BlobKey::of(claim.user, claim.image_id, Variant::Main).text()};
  }
  UploadClaim make_claim();
  CheckOutcome failed_by(const Error& error) const { return failed(error, on_.advise(error)); }
  Result<void> take_away(const UploadClaim& claim, Deadline deadline);
  MetadataStore& store() { return *store_; }

  const MetadataDiagnosis on_;
  UlidGenerator ids_;
  const UploadClaim claim_;
  UploadClaim rival_;                            // of another upload under the same token
  std::atomic<MetadataStore*> store_ = nullptr;  // atomic: a check that hangs may go on beside later ones
  std::atomic<bool> attempted_ = false;          // a write
};

UploadClaim MetadataProbe::make_claim() {
  UploadClaim claim{.user = *UserId::parse(kUser),
                    .token = *IdempotencyToken::parse(new_id().text()),
                    .fingerprint = std::string(64, '0'),
                    .image_id = new_id(),
                    .blob_keys = {},
                    .holder = new_id().text(),
                    .due = on_.clock.now() + kLease};
  claim.blob_keys = keys_of(claim);
  return claim;
}

CheckOutcome MetadataProbe::answers(Deadline deadline) {
  const auto opened = on_.open();
  if (!opened) return failed_by(opened.error());
  store_ = *opened;
  const auto checked = store().check(deadline);
  return checked ? passed("") : failed_by(checked.error());
}

CheckOutcome MetadataProbe::find(Deadline deadline) {
  const auto found = store().find(claim_.image_id, deadline);
  if (!found && found.error().code == ErrorCode::NotFound) return passed("");
  if (!found) return failed_by(found.error());
  return failed("there is a record under an id that was just made", "do not keep records in this store");
}

CheckOutcome MetadataProbe::list(Deadline deadline) {
  const auto page = store().list({.user = claim_.user, .limit = 1}, deadline);
  if (!page) return failed_by(page.error());
  if (page->images.empty()) return passed("");
  return failed("it lists images of the user \"" + std::string(kUser) + "\", who has none",
                "see whether somebody has uploaded as that user; delete the images");
}

CheckOutcome MetadataProbe::write(Deadline deadline) {
  attempted_ = true;
  const auto outcome = store().claim(claim_, on_.clock.now(), deadline);
  if (!outcome) return failed_by(outcome.error());
  const auto* const ours = std::get_if<UploadClaim>(&*outcome);
  if (ours != nullptr && *ours == claim_) return passed("");
  return failed("a claim on a new upload gave that of another one", "do not keep records in this store");
}

// Of two attempts at one upload one gets the claim: what keeps one token from making two images.
CheckOutcome MetadataProbe::condition(Deadline deadline) {
  const auto second = store().claim(rival_, on_.clock.now(), deadline);
  if (!second && second.error().code != ErrorCode::UploadInProgress) return failed_by(second.error());
  const auto renewed = store().renew(rival_, rival_.due, deadline);
  if (!renewed && renewed.error().code != ErrorCode::ClaimLost) return failed_by(renewed.error());
  if (!second && !renewed) return passed("a second claim was refused, as it should be");
  return failed("a second claim on the same upload was not refused",
                "use an engine whose conditional writes are atomic: here one upload can be stored twice");
}

Result<void> MetadataProbe::take_away(const UploadClaim& claim, Deadline deadline) {
  const auto deletion = store().expire(claim, on_.clock.now(), deadline);
  if (!deletion && deletion.error().code == ErrorCode::ClaimLost) return {};  // it never was
  if (!deletion) return fail(deletion.error());
  return *deletion ? store().finish_deletion(**deletion, deadline) : Result<void>();
}

CheckOutcome MetadataProbe::clean_up(Deadline deadline) {
  if (!attempted_) return not_checked("nothing was written");
  for (const UploadClaim* const claim : std::array<const UploadClaim*, 2>{&claim_, &rival_}) {
    const auto gone = take_away(*claim, deadline);
    if (!gone) {
      return failed("a claim of the user \"" + std::string(kUser) + "\" may be left: " + to_string(gone.error()),
                    "nothing, if a sweeper runs, or `tintype sweep` in a minute: it takes the claim away");
    }
  }
  const auto lost = store().renew(claim_, claim_.due, deadline);
  if (!lost && lost.error().code == ErrorCode::ClaimLost) return passed("nothing is left");
  return lost ? failed("a claim that was ended is still held", "do not keep records in this store")
              : failed_by(lost.error());
}

}  // namespace

CheckArea metadata_checks(MetadataDiagnosis diagnosis, std::vector<std::string> needs) {
  const auto probe = std::make_shared<MetadataProbe>(std::move(diagnosis));
  const auto check = [&probe](const char* name, CheckOutcome (MetadataProbe::*run)(Deadline),
                              std::vector<std::string> after, bool cleans_up = false) {
    return Check{.name = name,
                 .run = [probe, run](Deadline deadline) { return ((*probe).*run)(deadline); },
                 .needs = std::move(after),
                 .cleans_up = cleans_up};
  };
  return {.name = "metadata",
          .checks = {check("answers", &MetadataProbe::answers, std::move(needs)),
                     check("find", &MetadataProbe::find, {"metadata/answers"}),
                     check("list", &MetadataProbe::list, {"metadata/answers"}),
                     check("write", &MetadataProbe::write, {"metadata/answers"}),
                     check("condition", &MetadataProbe::condition, {"metadata/write"}),
                     check("clean-up", &MetadataProbe::clean_up, {}, true)}};
}

}  // namespace tintype
