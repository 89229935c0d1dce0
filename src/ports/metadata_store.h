// A MetadataStore keeps one ImageRecord per image, lists a user's images, and keeps the journal of what is being
// uploaded (claims) and of what is being deleted (deletions). See docs/decisions/0009 and 0010.
//
// An image id is in one place at a time: in a claim, then in a record, then in a deletion. A claim that ends without a
// record goes straight to a deletion. Ids in a deletion are dead: they never come back, so that their blobs may be
// removed at any time, by anybody, and again.
//
// What happens to a record after its upload, and the events that tell of it, are in derivation_store.h and event_log.h,
// which are two more sides of the same store.
//
// Thread safety: all methods may be called concurrently.
// Blocking: every method may block until `deadline`, then returns DeadlineExceeded. Call from a service thread.
// Durability: what was answered with success survives power loss. A write that failed with StoreUnavailable or
// DeadlineExceeded has NOT happened, unless the method says otherwise.
// Consistency: a read that begins after a write was answered sees it. A store on several machines may promise less of
// list, due_claims and due_deletions: that they see it soon. Nothing may be done to what they give before a conditional
// step, or a look at it, has said that it is still so.
// Time comes from the caller. Correctness does not depend on callers' clocks being right, only on steps being
// conditional. Errors: StoreUnavailable and DeadlineExceeded everywhere, and Overloaded: turned away at once, nothing
// happened; the others where said.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/deadline.h"
#include "base/result.h"
#include "model/image_record.h"
#include "model/upload_claim.h"
#include "model/verification_report.h"

namespace tintype {

// A place in a listing: just after this image.
struct ListPosition {
  UnixTime uploaded_at;
  ImageId image_id;

  friend bool operator==(const ListPosition&, const ListPosition&) = default;
};

enum class SortOrder { NewestFirst, OldestFirst };

struct ListQuery {
  UserId user;
  std::optional<std::string> album_id = {};  // only images in this album
  std::optional<std::string> tag = {};       // only images with this tag; together with album_id both must hold
  SortOrder order = SortOrder::NewestFirst;
  int limit = 20;                          // 1 to 100
  std::optional<ListPosition> after = {};  // from the start if absent
};

struct ListPage {
  std::vector<ImageRecord> images;
  std::optional<ListPosition> next;  // absent on the last page
};

// An image that is gone for readers, or never became one, while its blobs may still be there.
struct Deletion {
  ImageId image_id;
  std::vector<std::string> blob_keys;
  std::int64_t entry = 0;  // of the journal; the same image entered again has another one
  int failures = 0;        // how often it was postponed
  UnixTime due = {};       // when to try

  friend bool operator==(const Deletion&, const Deletion&) = default;
};

// The claim: go on. The record: it is done already, and this is what was committed.
using ClaimOutcome = std::variant<UploadClaim, ImageRecord>;

class MetadataStore {
 public:
  virtual ~MetadataStore() = default;

  // NotFound if there is none, or it is being deleted.
  virtual Result<ImageRecord> find(const ImageId& id, Deadline deadline) = 0;

  // A user's images ordered by (uploadedAt, imageId). An image that is added or removed while a client pages makes no
  // other image appear twice or go missing. The cost of a page depends on its limit, not on how many images the user
  // has or how far in the page is.
  virtual Result<ListPage> list(const ListQuery& query, Deadline deadline) = 0;

  // Replaces the text of the image if its version is `expected_version` (any, if absent), sets updatedAt and counts the
  // version up; returns the new record. NotFound; VersionMismatch with a member "currentVersion".
  virtual Result<ImageRecord> update_text(const ImageId& id, const ImageText& text,
                                          std::optional<std::int64_t> expected_version, UnixTime updated_at,
                                          Deadline deadline) = 0;

  // Begins an upload, or a further attempt at one, in one conditional step: of concurrent calls with one user and
  // token, one gets the claim. With the fingerprint of `wanted`:
  //   none there, or completed and its `due` is not after `now`: `wanted` is written and returned;
  //   released, or held and its `due` is not after `now`: it gets the holder and the due of `wanted`, and is returned
  //   with
  //     the image id and the keys that it has;
  //   held: UploadInProgress;
  //   completed: the record, as complete() was given it.
  // With another fingerprint: IdempotencyMismatch, unless there is none or it was completed and its `due` has passed.
  virtual Result<ClaimOutcome> claim(const UploadClaim& wanted, UnixTime now, Deadline deadline) = 0;

  // Moves the end of the lease. ClaimLost if claim.holder does not hold it (any more); `due` of `claim` does not
  // matter, here and in the next two.
  virtual Result<void> renew(const UploadClaim& claim, UnixTime due, Deadline deadline) = 0;

  // In one step: adds the record, whose id must be the claim's, and completes the claim, which answers with this record
  // until `remembered_until`; its event (upload_event) is in the log. A record that is Processing has redrive_at and no
  // thumbnail, with thumbnail_version 0; a store that holds the job queue too pushes its job (thumbnail_job) in the
  // same step (JobQueue::is_fed_by_commits). ClaimLost if claim.holder does not hold it: then nothing happened.
  virtual Result<void> complete(const UploadClaim& claim, const ImageRecord& record, UnixTime remembered_until,
                                Deadline deadline) = 0;

  // The attempt has failed: from now on a retry may take the claim, and from `due` anybody may end it. ClaimLost if
  // claim.holder does not hold it.
  virtual Result<void> release(const UploadClaim& claim, UnixTime due, Deadline deadline) = 0;

  // Up to `limit` claims whose `due` is not after `now`, longest overdue first: held, released and completed ones. The
  // cost depends on what is due, not on how many claims there are.
  virtual Result<std::vector<UploadClaim>> due_claims(UnixTime now, int limit, Deadline deadline) = 0;

  // Ends the claim, if both its holder and its `due` are still those of `claim`; else ClaimLost. This is the fence: no
  // attempt can renew or complete it after this. In the same step the keys of a claim that was not completed enter the
  // journal of deletions, due at `now`; the entry is returned. A completed claim is forgotten; its image stays.
  virtual Result<std::optional<Deletion>> expire(const UploadClaim& claim, UnixTime now, Deadline deadline) = 0;

  // In one step: readers no longer find the record, a deletion with the image's blob keys, due at `now`, is in the
  // journal, and the event Deleted is in the log. The key that the next version of its thumbnail would have is among
  // them if it is processing. NotFound if there is no such record (any more).
  virtual Result<Deletion> begin_deletion(const ImageId& id, UnixTime now, Deadline deadline) = 0;

  // Enters those of `keys`, all of this image, that no record and no unfinished claim refers to into the journal of
  // deletions, due at `now`, in one step with finding that out. If the image is in the journal already it gets a new
  // entry, with the keys of both. nullopt if all are referred to.
  virtual Result<std::optional<Deletion>> bury(const ImageId& id, std::span<const std::string> keys, UnixTime now,
                                               Deadline deadline) = 0;

  // Up to `limit` deletions whose `due` is not after `now`, longest overdue first. The cost depends on what is due.
  virtual Result<std::vector<Deletion>> due_deletions(UnixTime now, int limit, Deadline deadline) = 0;

  // Counts a failure and moves the entry to `due`. Success if there is no such entry.
  virtual Result<void> postpone_deletion(const Deletion& deletion, UnixTime due, Deadline deadline) = 0;

  // Takes the entry out of the journal: its blobs are gone. An entry that was made since for the same image stays.
  // Success if there is no such entry.
  virtual Result<void> finish_deletion(const Deletion& deletion, Deadline deadline) = 0;

  // Adds a record that another store has, as it is, with its version and times; or puts it in place of an older version
  // of the same image. False: it is there already, in this version or a newer one, and stays as it is. Of concurrent
  // calls the newest version wins. The image then has no claim: a retry of its upload is a new upload.
  // NotFound if the image is in the journal of deletions, UploadInProgress if it is in an unfinished claim: nothing
  // happened. A deletion that is finished is not remembered, and would come back: not for a store that others have
  // already begun to delete from.
  virtual Result<bool> import_record(const ImageRecord& record, Deadline deadline) = 0;

  // Up to `limit` records of all users, in an order of the store's own that never changes, after `after` (from the
  // start if absent), which need not be there any more. Fewer than `limit`: there are no more.
  virtual Result<std::vector<ImageRecord>> records_after(const std::optional<ImageId>& after, int limit,
                                                         Deadline deadline) = 0;

  // Those of `keys` that no record, no unfinished claim and no deletion refers to. A record that is pending or
  // processing refers to all keys of its image (model/blob_key.h), else to those it names; claims and deletions refer
  // to all keys of theirs. A text that is no key of ours is never among them.
  virtual Result<std::vector<std::string>> unreferenced(std::span<const std::string> keys, Deadline deadline) = 0;

  // Keeps the report in place of the last one, for every process that uses this store.
  virtual Result<void> keep_verification(const VerificationReport& report, Deadline deadline) = 0;
  // nullopt if there has been none.
  virtual Result<std::optional<VerificationReport>> last_verification(Deadline deadline) = 0;

  // Cheap: whether the store answers. Never writes.
  virtual Result<void> check(Deadline deadline) = 0;
};

}  // namespace tintype
