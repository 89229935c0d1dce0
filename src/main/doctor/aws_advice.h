#pragma once

#include <string>

#include "base/error.h"

namespace tintype {

// A service at AWS, or one that speaks its protocol, as messages name it.
struct AwsServiceNames {
  std::string endpoint;          // "http://127.0.0.1:9000"
  std::string endpoint_setting;  // "s3-endpoint"
  std::string thing;             // what must be there: "the bucket"
  std::string thing_setting;     // what it is called: "s3-bucket"
};

// What to do about the error of a call, which the adapters have made by aws::to_error. `permission` on `resource` is
// what the call needs: "s3:PutObject", "pictures/*".
std::string aws_advice(const AwsServiceNames& names, const std::string& permission, const std::string& resource,
                       const Error& error);

}  // namespace tintype
