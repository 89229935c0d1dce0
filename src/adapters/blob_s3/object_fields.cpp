#include "adapters/blob_s3/object_fields.h"

#include "base/base64.h"
#include "base/crypto/sha256.h"
#include "base/text.h"

namespace tintype::s3 {
namespace {

constexpr std::string_view kUserMeta = "x-amz-meta-";

}  // namespace

aws::Fields fields_of(const BlobMeta& meta, const Encryption& encryption) {
  aws::Fields fields = {{"Content-Type", meta.content_type}};
  if (!meta.cache_control.empty()) fields.emplace_back("Cache-Control", meta.cache_control);
  for (const auto& [name, value] : meta.user) fields.emplace_back(std::string(kUserMeta) + name, value);
  if (!encryption.algorithm.empty()) fields.emplace_back("x-amz-server-side-encryption", encryption.algorithm);
  if (!encryption.kms_key_id.empty()) {
    fields.emplace_back("x-amz-server-side-encryption-aws-kms-key-id", encryption.kms_key_id);
  }
  return fields;
}

BlobMeta meta_of(const aws::Fields& fields) {
  BlobMeta meta;
  if (const auto* type = aws::find_field(fields, "Content-Type")) meta.content_type = *type;
  meta.cache_control = aws::field_or_empty(fields, "Cache-Control");
  for (const auto& [name, value] : fields) {
    const std::string lower = to_lower(name);
    if (lower.starts_with(kUserMeta)) meta.user.emplace(lower.substr(kUserMeta.size()), value);
  }
  return meta;
}

std::string checksum_of(std::span<const std::byte> body) {
  return base64_encode(sha256(body));
}

std::optional<std::uint64_t> object_size(const aws::Fields& fields) {
  if (const auto* range = aws::find_field(fields, "Content-Range")) {
    const std::size_t slash = range->rfind('/');
    return slash == std::string::npos ? std::nullopt : parse_unsigned(std::string_view(*range).substr(slash + 1));
  }
  const auto* length = aws::find_field(fields, "Content-Length");
  return length == nullptr ? std::nullopt : parse_unsigned(*length);
}

}  // namespace tintype::s3
