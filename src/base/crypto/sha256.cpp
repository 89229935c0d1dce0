#include "base/crypto/sha256.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdlib>

namespace tintype {
namespace {

const unsigned char* raw(std::span<const std::byte> bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* raw(Sha256Digest& digest) {
  return reinterpret_cast<unsigned char*>(digest.data());
}

}  // namespace

Sha256Digest sha256(std::span<const std::byte> bytes) {
  Sha256Digest digest;
  if (EVP_Digest(bytes.data(), bytes.size(), raw(digest), nullptr, EVP_sha256(), nullptr) != 1) std::abort();
  return digest;
}

Sha256Hasher::Sha256Hasher() : context_(EVP_MD_CTX_new()) {
  if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1) std::abort();
}

void Sha256Hasher::update(std::span<const std::byte> piece) {
  if (EVP_DigestUpdate(context_.get(), piece.data(), piece.size()) != 1) std::abort();
}

Sha256Digest Sha256Hasher::finish() && {
  Sha256Digest digest;
  if (EVP_DigestFinal_ex(context_.get(), raw(digest), nullptr) != 1) std::abort();
  return digest;
}

void Sha256Hasher::Free::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

Sha256Digest hmac_sha256(std::span<const std::byte> key, std::span<const std::byte> message) {
  constexpr std::byte kNothing{};  // HMAC takes a null key for "the same key as before" and fails
  if (key.empty()) key = {&kNothing, 0};
  Sha256Digest digest;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), raw(message), message.size(), raw(digest),
           nullptr) == nullptr)
    std::abort();
  return digest;
}

bool equal_in_constant_time(std::span<const std::byte> a, std::span<const std::byte> b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace tintype
