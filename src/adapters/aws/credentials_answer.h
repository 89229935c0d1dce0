#pragma once

#include <string>
#include <string_view>

#include "adapters/aws/credentials.h"
#include "base/result.h"

namespace tintype::aws {

// Reads the JSON in which the credential endpoints of ECS, EKS and EC2 answer: AccessKeyId, SecretAccessKey, Token,
// Expiration, and Code, which must be "Success" if it is there. Without Token or Expiration, those of the result are
// empty. Error: StoreUnavailable, whose detail says what is wrong and holds none of the secrets.
Result<Credentials> read_credentials_answer(std::string_view json);

// That a place which must have credentials does not give them: StoreUnavailable.
Error no_credentials(std::string detail);

}  // namespace tintype::aws
