#include "adapters/blob_s3/s3_bucket.h"

namespace tintype::s3 {

aws::AwsRequest Bucket::request(std::string method, std::string_view key, aws::Fields query) const {
  aws::AwsRequest request{.method = std::move(method), .query = std::move(query)};
  if (addressing_ == Addressing::Path) {
    request.path = "/" + name_ + (key.empty() ? "" : "/");
  } else {
    request.host_prefix = name_ + ".";
  }
  request.path += key;
  return request;
}

}  // namespace tintype::s3
