#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <stop_token>

#include "base/log.h"
#include "ports/blob_store.h"
#include "ports/metadata_store.h"

namespace tintype {

// The two stores of a service.
struct StorePair {
  MetadataStore& metadata;
  BlobStore& blobs;
};

struct MigrateOptions {
  int parallel = 8;                       // records at a time, each with its blobs in memory; from 1
  std::chrono::milliseconds pause{1000};  // before a record is tried again; each time twice as long
};

struct MigrationReport {
  std::int64_t records = 0;         // of the source
  std::int64_t copied = 0;          // of them, added to the target or brought up to date there
  std::int64_t unchanged = 0;       // that were there already
  std::int64_t gone = 0;            // that have been deleted at the source before they were copied
  std::int64_t failed = 0;          // that could not be copied
  std::int64_t blobs = 0;           // put
  std::uint64_t bytes = 0;          // of them
  std::int64_t only_at_target = 0;  // records of the target that the source does not have

  friend bool operator==(const MigrationReport&, const MigrationReport&) = default;
};

// How far it is: `done` of about `of` (0: nobody knows).
struct MigrateProgress {
  const char* stage;  // "records" of the source, then "target": its records
  std::int64_t done = 0;
  std::int64_t of = 0;
};

// Copies the records of one pair of stores, and the blobs that they name, into another, while servers work on the
// source. Done again it copies what has changed since, and where nothing has, nothing. It may be cut off at any time,
// and be begun again: what is there is found and not copied twice. The memory it takes does not depend on how many
// images there are.
//
// Every blob is compared with its SHA-256 before and after. What is there already under a key is never overwritten:
// other bytes are a failure. Blobs that no record names are left behind, and so are the journals: tokens of uploads are
// forgotten, and uploads and deletions under way stay the source's. An image that was deleted at the source after it
// had been copied is still at the target: it is counted and logged, with all others that only the target has.
//
// Thread safety: run() may be called concurrently.
class Migrate {
 public:
  Migrate(const StorePair& source, const StorePair& target, const Logger& log)
      : source_(source), target_(target), log_(log) {}

  // Calls `progress` now and then, and at the end of each stage, on the caller's thread. A record that cannot be copied
  // is logged with the key at which it failed, counted, and left out; if a store was the reason, after a few tries.
  // Errors: those of the stores when records are listed, or when nothing but errors comes from them; DeadlineExceeded
  // also if `stop` asked for the end. What was copied until then stays.
  Result<MigrationReport> run(const MigrateOptions& options,
                              const std::function<void(const MigrateProgress&)>& progress, std::stop_token stop,
                              Deadline deadline);

 private:
  const StorePair source_;
  const StorePair target_;
  const Logger& log_;
};

}  // namespace tintype
