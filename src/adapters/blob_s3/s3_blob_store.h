#pragma once

#include "adapters/blob_s3/object_fields.h"
#include "adapters/blob_s3/s3_bucket.h"
#include "ports/blob_store.h"

namespace tintype {

// A BlobStore in a bucket of Amazon S3 or of a store that speaks its API. What it needs of that, beyond reading and
// writing: PutObject with `If-None-Match: *` that is atomic (AWS since 2024, Ceph, MinIO; docs/operations.md).
//
// Blobs of more than 1 MiB are fetched in pieces: reading on after the key was removed is StoreUnavailable.
//
// At its deadline a put is cut off; a service that has the whole request by then may still make it visible shortly
// after. Its key is in the journal, and is removed a lease later at the earliest.
class S3BlobStore final : public BlobStore {
 public:
  struct Options {
    std::string bucket;
    s3::Addressing addressing = s3::Addressing::VirtualHost;
    s3::Encryption encryption = {};
    bool checksums = false;  // have S3 check and keep x-amz-checksum-sha256 of each object, or of each part
    // Bytes. What is larger is put in parts: of puts of one key at one time, several may then succeed on stores that do
    // not look at If-None-Match when parts are completed (Ceph 16).
    std::size_t multipart_above = std::size_t{64} << 20;
    std::size_t part_size = std::size_t{8} << 20;  // bytes; S3 wants at least 5 MiB
  };
  // `client` is one for "s3" and must outlive the store and what it has opened.
  S3BlobStore(aws::AwsClient& client, Options options);

  // Makes the bucket if this account does not have it. Errors: StoreUnavailable, also if somebody else has it.
  Result<void> create_bucket(Deadline deadline);

  Result<void> put(std::string_view key, std::span<const std::byte> body, const BlobMeta& meta,
                   Deadline deadline) override;
  Result<OpenBlob> open(std::string_view key, Deadline deadline) override;
  Result<BlobEntry> stat(std::string_view key, Deadline deadline) override;
  Result<std::optional<BlobUrl>> url(std::string_view key, UrlUse use, std::chrono::seconds lifetime,
                                     Deadline deadline) override;
  Result<void> remove(std::string_view key, Deadline deadline) override;
  Result<void> remove_all(std::span<const std::string> keys, Deadline deadline) override;
  Result<void> list(std::string_view prefix, const std::function<bool(const BlobEntry&)>& visit,
                    Deadline deadline) override;
  Result<int> remove_unfinished(UnixTime before, Deadline deadline) override;
  Result<void> check(Deadline deadline) override;

 private:
  Result<void> put_whole(std::string_view key, std::span<const std::byte> body, const BlobMeta& meta,
                         Deadline deadline);
  Result<void> put_in_parts(std::string_view key, std::span<const std::byte> body, const BlobMeta& meta,
                            Deadline deadline);
  Result<void> remove_at_once(std::span<const std::string> keys, Deadline deadline);
  Result<OpenBlob> open_empty(std::string_view key, Deadline deadline);

  aws::AwsClient& client_;
  const Options options_;
  const s3::Bucket bucket_;
};

}  // namespace tintype
