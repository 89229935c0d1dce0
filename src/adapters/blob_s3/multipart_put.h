#pragma once

#include <string>
#include <vector>

#include "adapters/blob_s3/s3_bucket.h"
#include "base/result.h"

namespace tintype::s3 {

// Puts one large body in parts. What was begun and not completed is aborted when this dies; if that fails too, or the
// process dies, it is found by its age (S3BlobStore::remove_unfinished).
//
// One thread.
class MultipartPut {
 public:
  // CreateMultipartUpload with the object's fields. `checksums`: of each part. What is given by reference must outlive
  // it.
  static Result<MultipartPut> begin(aws::AwsClient& client, const Bucket& bucket, std::string key, aws::Fields fields,
                                    bool checksums, Deadline deadline);
  ~MultipartPut();
  MultipartPut(MultipartPut&& other) noexcept;
  MultipartPut& operator=(MultipartPut&&) = delete;

  // Sends `body` in parts of `part_size` bytes, a few of them at a time.
  Result<void> send(std::span<const std::byte> body, std::size_t part_size, Deadline deadline);
  // Makes the object visible, unless there is one under its key: AlreadyExists.
  Result<void> complete(Deadline deadline);

 private:
  MultipartPut(aws::AwsClient& client, const Bucket& bucket, std::string key, std::string upload_id, bool checksums)
      : client_(client),
        bucket_(bucket),
        key_(std::move(key)),
        upload_id_(std::move(upload_id)),
        has_checksums_(checksums) {}
  aws::AwsRequest part_request(std::size_t number, std::span<const std::byte> part) const;
  std::string completion() const;

  aws::AwsClient& client_;
  const Bucket& bucket_;
  const std::string key_;
  std::string upload_id_;  // empty: nothing to abort
  const bool has_checksums_;
  std::vector<std::string> etags_;      // of the parts, from the first on
  std::vector<std::string> checksums_;  // the same, if it has them
};

// AbortMultipartUpload. Success if it is gone already.
Result<void> abort_upload(aws::AwsClient& client, const Bucket& bucket, std::string_view key,
                          std::string_view upload_id, Deadline deadline);

}  // namespace tintype::s3
