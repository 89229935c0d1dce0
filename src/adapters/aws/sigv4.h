#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "adapters/aws/credentials.h"
#include "adapters/aws/fields.h"
#include "adapters/aws/signing_key.h"
#include "base/time_format.h"

namespace tintype::aws {

// In the place of a payload's hash: the body is not covered by the signature. S3 takes it, others do not.
inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";

// Lower-case hex SHA-256, as a payload's hash is written.
std::string payload_hash(std::span<const std::byte> body);

// How a service wants its requests signed.
struct SigningRules {
  bool normalise_path = true;       // S3 keys may hold "//" and "..", which are then part of the name
  bool encode_path_twice = true;    // in what is signed; what is sent is always encoded once
  bool content_hash_field = false;  // adds x-amz-content-sha256
};
inline constexpr SigningRules kServiceRules = {};  // DynamoDB, SQS, STS …
inline constexpr SigningRules kS3Rules = {false, false, true};

// What is to be signed. Path and query are DECODED: the signer encodes them, so that what is signed and what is sent
// cannot differ.
struct UnsignedRequest {
  std::string method = "GET";
  std::string path = "/";  // "/bucket/images/a b.webp"
  Fields query = {};
  Fields headers = {};       // must hold Host; each of them is signed
  std::string payload_hash;  // of payload_hash(), or kUnsignedPayload
};

struct SignedRequest {
  std::string target;  // encoded path and query, to be put into the request line byte for byte
  Fields
      headers;  // those of the request, then x-amz-date, [x-amz-security-token], [x-amz-content-sha256], Authorization
  std::string signature;
  std::string canonical_request;  // to compare with what a service says it has computed
};

// Signs requests to one service in one region with AWS Signature Version 4 (docs.aws.amazon.com, "Create a signed AWS
// API request").
//
// Thread safety: all methods may be called concurrently. None blocks for I/O.
class Signer {
 public:
  Signer(std::string region, std::string service, SigningRules rules);

  SignedRequest sign(const UnsignedRequest& request, const Credentials& credentials, UnixTime now) const;

  // The signature in the query, for a URL that works without a header for `lifetime` (1 s to 7 days; temporary
  // credentials end it earlier). `request.headers` usually holds Host alone: whoever uses the URL must send each of
  // them with the same value. `headers` of the result are those of the request.
  SignedRequest presign(const UnsignedRequest& request, const Credentials& credentials, UnixTime now,
                        std::chrono::seconds lifetime) const;

  const std::string& region() const { return keys_.region(); }

 private:
  std::string sign_text(const std::string& canonical_request, const Credentials& credentials,
                        std::string_view timestamp) const;
  std::string sent_path(std::string_view path) const;
  std::string signed_path(std::string_view sent) const;

  SigningRules rules_;
  SigningKeys keys_;
};

}  // namespace tintype::aws
