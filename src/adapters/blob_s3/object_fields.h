#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "adapters/aws/fields.h"
#include "ports/blob_store.h"

namespace tintype::s3 {

// How the service encrypts what it stores (PutObject, x-amz-server-side-encryption).
struct Encryption {
  std::string algorithm = {};  // "AES256", "aws:kms"; empty: as the bucket says
  std::string kms_key_id = {};
};

// A blob's meta as the fields of PutObject, and back from those of GetObject and HeadObject.
aws::Fields fields_of(const BlobMeta& meta, const Encryption& encryption);
BlobMeta meta_of(const aws::Fields& fields);

// The checksum of `body` as S3 wants it: Base64 of its SHA-256 (PutObject, x-amz-checksum-sha256).
std::string checksum_of(std::span<const std::byte> body);

// From Content-Range ("bytes 0-99/1234"), else from Content-Length; nullopt if neither can be read.
std::optional<std::uint64_t> object_size(const aws::Fields& fields);

}  // namespace tintype::s3
