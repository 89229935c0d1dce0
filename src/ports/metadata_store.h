// A MetadataStore keeps one ImageRecord per image, lists a user's images, and keeps the journal of deletions.
//
// Thread safety: all methods may be called concurrently.
// Blocking: every method may block until `deadline`, then returns DeadlineExceeded. Call from a service thread.
// Durability: what was answered with success survives power loss. A write that failed with StoreUnavailable or
// DeadlineExceeded has NOT happened, unless the method says otherwise.
// Consistency: a read that begins after a write was answered sees it.
// Errors: StoreUnavailable and DeadlineExceeded everywhere, and Overloaded: turned away at once, nothing happened; the
// others where said.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "base/result.h"
#include "model/image_record.h"

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
  int limit = 20;                            // 1 to 100
  std::optional<ListPosition> after = {};    // from the start if absent
};

struct ListPage {
  std::vector<ImageRecord> images;
  std::optional<ListPosition> next;  // absent on the last page
};

// An image that is gone for readers while its blobs may still be there.
struct Deletion {
  ImageId image_id;
  std::vector<std::string> blob_keys;

  friend bool operator==(const Deletion&, const Deletion&) = default;
};

class MetadataStore {
 public:
  virtual ~MetadataStore() = default;

  // Adds a record. The id is new: ids are made by us and never reused; an id that exists is Internal.
  virtual Result<void> insert(const ImageRecord& record, Deadline deadline) = 0;

  // NotFound if there is none, or it is being deleted.
  virtual Result<ImageRecord> find(const ImageId& id, Deadline deadline) = 0;

  // A user's images ordered by (uploadedAt, imageId). An image that is added or removed while a client pages makes no
  // other image appear twice or go missing. The cost of a page depends on its limit, not on how many images the user
  // has or how far in the page is.
  virtual Result<ListPage> list(const ListQuery& query, Deadline deadline) = 0;

  // Replaces the text of the image if its version is `expected_version` (any, if absent), sets updatedAt and counts the
  // version up; returns the new record. NotFound; VersionMismatch with a member "currentVersion".
  virtual Result<ImageRecord> update_text(const ImageId& id, const ImageText& text, std::optional<std::int64_t> expected_version,
                                          UnixTime updated_at, Deadline deadline) = 0;

  // In one step: readers no longer find the record, and a deletion with the image's blob keys is in the journal.
  // NotFound if there is no such record (any more).
  virtual Result<Deletion> begin_deletion(const ImageId& id, UnixTime now, Deadline deadline) = 0;

  // Up to `limit` deletions that have not been finished, in the order of their image ids, after `after` (from the start
  // if absent; `after` itself may be finished by now).
  virtual Result<std::vector<Deletion>> pending_deletions(int limit, std::optional<ImageId> after, Deadline deadline) = 0;

  // Takes a deletion out of the journal: its blobs are gone. Success if it is not in there.
  virtual Result<void> finish_deletion(const ImageId& id, Deadline deadline) = 0;

  // Cheap: whether the store answers. Never writes.
  virtual Result<void> check(Deadline deadline) = 0;
};

}  // namespace tintype
