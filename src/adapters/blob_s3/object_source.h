#pragma once

#include <string>
#include <vector>

#include "adapters/blob_s3/s3_bucket.h"
#include "base/byte_source.h"

namespace tintype::s3 {

// An object, fetched in pieces when they are wanted: no connection is held while a slow client reads, and at most one
// piece is in memory. Every piece is asked for with If-Match, so that all are of the same object. One that is removed
// meanwhile is StoreUnavailable from its next piece on.
class ObjectSource final : public ByteSource {
 public:
  // `first` are the first bytes of the object, all of it if it is small. Client and bucket must outlive it.
  ObjectSource(aws::AwsClient& client, const Bucket& bucket, std::string key, std::string etag, std::uint64_t size,
               std::string first)
      : client_(client),
        bucket_(bucket),
        key_(std::move(key)),
        etag_(std::move(etag)),
        size_(size),
        piece_(std::move(first)) {}

  std::uint64_t size() const override { return size_; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> buffer, Deadline deadline) override;

 private:
  Result<void> fetch(std::uint64_t offset, Deadline deadline);

  aws::AwsClient& client_;
  const Bucket& bucket_;
  const std::string key_;
  const std::string etag_;
  const std::uint64_t size_;
  std::uint64_t piece_offset_ = 0;
  std::string piece_;
};

// "bytes=0-99"
std::string range_field(std::uint64_t offset, std::uint64_t length);

}  // namespace tintype::s3
