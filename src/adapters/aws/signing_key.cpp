#include "adapters/aws/signing_key.h"

#include "base/text.h"

namespace tintype::aws {

Sha256Digest SigningKeys::key(std::string_view secret_access_key, std::string_view day) const {
  {
    const std::lock_guard lock(mutex_);
    if (day_ == day && equal_in_constant_time(as_bytes(secret_), as_bytes(secret_access_key))) return key_;
  }
  Sha256Digest key = hmac_sha256(as_bytes("AWS4" + std::string(secret_access_key)), as_bytes(day));
  for (const std::string_view part :
       {std::string_view(region_), std::string_view(service_), std::string_view("aws4_request")}) {
    key = hmac_sha256(key, as_bytes(part));
  }
  const std::lock_guard lock(mutex_);
  secret_ = secret_access_key;
  day_ = day;
  key_ = key;
  return key;
}

std::string SigningKeys::scope(std::string_view day) const {
  return std::string(day) + '/' + region_ + '/' + service_ + "/aws4_request";
}

}  // namespace tintype::aws
