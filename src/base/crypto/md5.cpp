#include "base/crypto/md5.h"

#include <openssl/evp.h>

#include <cstdlib>

namespace tintype {

Md5Digest md5(std::span<const std::byte> bytes) {
  Md5Digest digest;
  auto* const raw = reinterpret_cast<unsigned char*>(digest.data());
  if (EVP_Digest(bytes.data(), bytes.size(), raw, nullptr, EVP_md5(), nullptr) != 1) std::abort();
  return digest;
}

}  // namespace tintype
