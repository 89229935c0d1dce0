#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "service/migrate.h"

namespace tintype {

// The way of one record, and of the blobs that it names, from one pair of stores to another. One thread.
class MigrateRecord {
 public:
  enum class Outcome {
    Copied,     // added, or brought up to date
    Unchanged,  // it was there already, in this version or a newer one
    Gone,       // it has been deleted at the source meanwhile
  };

  // `record` is one of the source's, and outlives this.
  MigrateRecord(const StorePair& source, const StorePair& target, const ImageRecord& record)
      : source_(source), target_(target), record_(record) {}

  // May be called again after an error. Errors: those of the stores; NotFound if the source lacks a blob, Internal if
  // it has other bytes than the record says, AlreadyExists if the target has other bytes under the key, VersionMismatch
  // if the target has another record in this version. The target has no record then that it did not have before.
  Result<Outcome> run(Deadline deadline);

  // The blob at which run() failed; empty: the record itself.
  const std::string& failed_at() const { return at_; }
  // What all calls of run() have put; not what they found there.
  std::int64_t blobs_put() const { return blobs_put_; }
  std::uint64_t bytes_put() const { return bytes_put_; }

 private:
  struct NamedBlob {
    const std::string& key;
    std::optional<std::uint64_t> size;  // nullopt: anything but 0
    const std::string& sha256;          // empty: not known
  };
  struct Blob {
    std::string key;
    BlobMeta meta;
    std::vector<std::byte> bytes;
    std::string sha256;
  };

  Result<Outcome> copy(const std::vector<NamedBlob>& named, Deadline deadline);
  std::vector<NamedBlob> named_and_not_by(const ImageRecord* there) const;
  Result<std::vector<Blob>> read(const std::vector<NamedBlob>& named, Deadline deadline);
  Result<Blob> read(const NamedBlob& named, Deadline deadline);
  Result<void> put(const Blob& blob, Deadline deadline);
  Result<bool> is_gone(Deadline deadline);

  const StorePair source_;
  const StorePair target_;
  const ImageRecord& record_;
  std::string at_;
  std::int64_t blobs_put_ = 0;
  std::uint64_t bytes_put_ = 0;
};

}  // namespace tintype
