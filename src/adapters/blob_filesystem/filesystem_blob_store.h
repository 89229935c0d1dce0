#pragma once

#include <filesystem>
#include <memory>

#include "adapters/blob_filesystem/durable_directories.h"
#include "base/unique_fd.h"
#include "ports/blob_store.h"

namespace tintype {

class TempFile;

// Where a blob's meta is kept; see stored_meta.cpp. Both are read, whatever is written.
enum class MetaPlace {
  Attribute,  // in an extended attribute, in a footer where the file system has none
  Footer,     // behind the body: for tests
};

// A BlobStore in a directory: <root>/blobs/<key> are the blobs, <root>/tmp/ is what is being written.
//
// Several processes may use one root at a time. It must be one file system, for rename(2).
// A key cannot be a directory of another key: with a/b there, a put of a/b/c is ValidationFailed, and the other way
// round. If the last step of a put, the fsync of the directory, fails, put answers StoreUnavailable with the blob
// visible. A retry syncs again before it answers AlreadyExists.
class FilesystemBlobStore final : public BlobStore {
 public:
  // Makes what is missing of `root` and removes unfinished files that are older than an hour: younger ones may belong
  // to another process. Error: StoreUnavailable.
  static Result<std::unique_ptr<FilesystemBlobStore>> open(const std::filesystem::path& root,
                                                           MetaPlace place = MetaPlace::Attribute);

  // Use open(). Takes the two directories of the root.
  FilesystemBlobStore(UniqueFd blobs, UniqueFd tmp, MetaPlace place);

  Result<void> put(std::string_view key, std::span<const std::byte> body, const BlobMeta& meta,
                   Deadline deadline) override;
  // The bytes have a descriptor, for sendfile(2).
  Result<OpenBlob> open(std::string_view key, Deadline deadline) override;
  // Opens what the kernel can find without asking the disk (openat2(2), RESOLVE_CACHED, Linux 5.12). On a file system
  // in a network the open itself may still wait, and so would the sendfile after it.
  std::optional<OpenBlob> open_at_once(std::string_view key) override;
  Result<BlobEntry> stat(std::string_view key, Deadline deadline) override;
  // Files have no URLs.
  Result<std::optional<BlobUrl>> url(std::string_view key, UrlUse use, std::chrono::seconds lifetime,
                                     Deadline deadline) override;
  Result<void> remove(std::string_view key, Deadline deadline) override;
  Result<void> remove_all(std::span<const std::string> keys, Deadline deadline) override {
    return remove_each(*this, keys, deadline);
  }
  Result<void> list(std::string_view prefix, const std::function<bool(const BlobEntry&)>& visit,
                    Deadline deadline) override;
  Result<int> remove_unfinished(UnixTime before, Deadline deadline) override;
  Result<void> check(Deadline deadline) override;

 private:
  struct StoredFile;
  Result<StoredFile> open_file(std::string_view step, std::string_view key, Deadline deadline) const;
  static Result<StoredFile> look_at(UniqueFd fd, std::string_view key);
  bool is_directory(const std::string& key) const;
  Result<void> keep_meta(TempFile& file, const BlobMeta& meta, Deadline deadline) const;
  Result<void> publish(TempFile& file, const std::string& key, Deadline deadline);

  // Descriptors, so that a volume that is unmounted or moved under us cannot make every blob look missing.
  const UniqueFd blobs_;
  const UniqueFd tmp_;
  const MetaPlace place_;
  DurableDirectories directories_;  // thread-safe
};

}  // namespace tintype
