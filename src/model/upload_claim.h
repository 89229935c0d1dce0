#pragma once

#include <string>
#include <vector>

#include "base/time_format.h"
#include "model/idempotency_token.h"
#include "model/image_id.h"
#include "model/user_id.h"

namespace tintype {

// One attempt's right to make an upload, and the journal of what it may leave behind (docs/decisions/0009).
struct UploadClaim {
  UserId user;
  IdempotencyToken token;
  std::string fingerprint;             // of the payload: 64 hex digits
  ImageId image_id;                    // of the image that it is to become
  std::vector<std::string> blob_keys;  // all that may be written for it
  std::string holder;                  // names the attempt; no other attempt has the same
  UnixTime due;                        // until then it is the holder's; after that anybody may end it

  friend bool operator==(const UploadClaim&, const UploadClaim&) = default;
};

}  // namespace tintype
