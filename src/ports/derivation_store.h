// A DerivationStore keeps what happens to a record after its upload: that the picture which is made later is there, or
// will never be. It is another side of the MetadataStore, over the same records.
//
// A derivative has versions, a blob key each, and a version is used once: it is made or it is given up, and the next
// attempt gets the next one (ImageRecord::thumbnail_version). So a key that was given up can be deleted for good, and a
// URL never changes what it shows.
//
// Thread safety, blocking, durability, consistency and errors: as in MetadataStore.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "base/result.h"
#include "model/image_record.h"

namespace tintype {

// A thumbnail that has been stored.
struct Derivative {
  std::int64_t version = 1;
  std::string key;
  std::string sha256;  // of its bytes, hex
  std::string recipe;  // model/recipe.h
};

class DerivationStore {
 public:
  virtual ~DerivationStore() = default;

  // In one step, if the record's thumbnail_version is made.version - 1: it gets this thumbnail and version, is
  // Completed, without processing_error and redrive_at, with updated_at = now and its version counted up, and the event
  // Completed is in the log. Returns the new record. nullopt: the image has this version already, or has given it up,
  // or there is no such record (any more); nothing happened.
  virtual Result<std::optional<ImageRecord>> finish(const ImageId& id, const Derivative& made, UnixTime now,
                                                    Deadline deadline) = 0;

  // In one step, if the record's thumbnail_version is version - 1: this version will never be used, and `key`, which is
  // its key, enters the journal of deletions, due at `now`. If the record has no thumbnail it is Failed with `error` as
  // processing_error, without redrive_at, with updated_at = now and its version counted up, and the event Failed is in
  // the log; else nothing else changes. Returns the new record. nullopt as above.
  virtual Result<std::optional<ImageRecord>> give_up(const ImageId& id, std::int64_t version, const std::string& key,
                                                     const std::string& error, UnixTime now, Deadline deadline) = 0;

  // Up to `limit` records that are processing and whose redrive_at is not after `now`, longest overdue first. The cost
  // depends on what is due, not on how many images there are.
  virtual Result<std::vector<ImageRecord>> due(UnixTime now, int limit, Deadline deadline) = 0;

  // Sets redrive_at and counts redrives up, if the record still is processing with the redrive_at and redrives of
  // `seen`. False: it is not.
  virtual Result<bool> postpone(const ImageRecord& seen, UnixTime redrive_at, Deadline deadline) = 0;
};

}  // namespace tintype
