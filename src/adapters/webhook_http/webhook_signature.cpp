#include "adapters/webhook_http/webhook_signature.h"

#include "base/base64.h"
#include "base/crypto/sha256.h"
#include "base/text.h"

namespace tintype {

std::string webhook_signature(std::span<const std::byte> key, std::string_view id, std::int64_t timestamp,
                              std::string_view body) {
  std::string message(id);
  message += '.';
  message += std::to_string(timestamp);
  message += '.';
  message += body;
  return "v1," + base64_encode(hmac_sha256(key, as_bytes(message)));
}

}  // namespace tintype
