#pragma once

#include <string>
#include <string_view>

#include "adapters/aws/fields.h"

namespace tintype::aws {

// The fields of a request in the form that is signed: names in lower case and sorted, values without superfluous
// blanks, values of one name joined by commas in the order in which they came.
struct CanonicalHeaders {
  std::string lines;  // "host:…\nx-amz-date:…\n"
  std::string names;  // "host;x-amz-date"
};
CanonicalHeaders canonical_headers(const Fields& headers);

// `path` and `query` are encoded.
std::string canonical_request(std::string_view method, std::string_view path, std::string_view query,
                              const CanonicalHeaders& headers, std::string_view payload_hash);

}  // namespace tintype::aws
