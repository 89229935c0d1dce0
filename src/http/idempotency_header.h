#pragma once

#include "base/result.h"
#include "http/request.h"
#include "model/idempotency_token.h"

namespace tintype::http {

// What the client calls this upload: the header Idempotency-Token, as it is, or Idempotency-Key
// (draft-ietf-httpapi-idempotency-key-header-07), as it is or as a string of RFC 8941 section 3.3.3 in double quotes;
// without parameters. Both may be given if they say the same. An empty header counts as absent. If there is none, a new
// token of 128 random bits is made: every upload has one. Error: ValidationFailed.
Result<IdempotencyToken> idempotency_token(const Headers& headers);

}  // namespace tintype::http
