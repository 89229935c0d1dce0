#pragma once

#include <string>
#include <string_view>

#include "adapters/aws/fields.h"

namespace tintype::aws {

// What a service says went wrong.
struct ServiceFault {
  std::string code = {};  // empty if it could not be found
  std::string message = {};
  std::string request_id = {};
};

// From the answer's fields and its body, JSON or XML, whichever it is. Never fails: what cannot be read stays empty.
ServiceFault read_fault(const Fields& headers, std::string_view body);

// From <Error> of S3, wherever it comes: CompleteMultipartUpload and CopyObject put it into a 200, too. The code is
// empty if `body` is no <Error>.
ServiceFault read_xml_fault(std::string_view body);

}  // namespace tintype::aws
