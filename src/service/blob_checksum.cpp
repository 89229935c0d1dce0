#include "service/blob_checksum.h"

#include <vector>

#include "base/crypto/sha256.h"
#include "base/text.h"

namespace tintype {
namespace {

constexpr std::size_t kPiece = 64 * 1024;

}  // namespace

Result<std::string> sha256_of_blob(BlobStore& blobs, std::string_view key, Deadline deadline) {
  const auto blob = blobs.open(key, deadline);
  if (!blob) return fail(blob.error());
  std::vector<std::byte> buffer(kPiece);
  Sha256Hasher hasher;
  for (std::uint64_t offset = 0;;) {
    const auto got = blob->bytes->read_at(offset, buffer, deadline);
    if (!got) return fail(got.error());
    if (*got == 0) return hex(std::move(hasher).finish());
    hasher.update(std::span(buffer).first(*got));
    offset += *got;
  }
}

}  // namespace tintype
