#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>

struct evp_md_ctx_st;  // OpenSSL's EVP_MD_CTX

namespace tintype {

using Sha256Digest = std::array<std::byte, 32>;

// FIPS 180-4.
Sha256Digest sha256(std::span<const std::byte> bytes);

// The same of bytes that come in pieces. One thread.
class Sha256Hasher {
 public:
  Sha256Hasher();
  void update(std::span<const std::byte> piece);
  // Of all pieces until now; there must be no more.
  Sha256Digest finish() &&;

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

// RFC 2104 with SHA-256.
Sha256Digest hmac_sha256(std::span<const std::byte> key, std::span<const std::byte> message);
// Takes the same time wherever the first difference is.
bool equal_in_constant_time(std::span<const std::byte> a, std::span<const std::byte> b);

}  // namespace tintype
