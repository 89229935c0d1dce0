#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "base/crypto/sha256.h"

namespace tintype::aws {

// Derives the key that signs for one service in one region on one UTC day, and keeps the last one: it takes four
// HMACs, and all requests of a day use it.
//
// Thread safety: all methods may be called concurrently.
class SigningKeys {
 public:
  SigningKeys(std::string region, std::string service) : region_(std::move(region)), service_(std::move(service)) {}

  // `day` is YYYYMMDD.
  Sha256Digest key(std::string_view secret_access_key, std::string_view day) const;
  // "20261122/eu-central-1/s3/aws4_request"
  std::string scope(std::string_view day) const;

  const std::string& region() const { return region_; }

 private:
  const std::string region_;
  const std::string service_;
  mutable std::mutex mutex_;
  mutable std::string secret_;  // guarded by mutex_, as are the two below: what key_ was derived from
  mutable std::string day_;
  mutable Sha256Digest key_{};
};

}  // namespace tintype::aws
