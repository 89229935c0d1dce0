#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "adapters/aws/aws_client.h"

namespace tintype::aws {

// A service that takes and gives JSON: DynamoDB, SQS. Each call is a POST of "/" whose operation is in a header field
// (smithy.io, "AWS JSON 1.0 protocol").
//
// Thread safety: all methods may be called concurrently.
class JsonService {
 public:
  // `target` goes before the operation's name: "DynamoDB_20120810", "AmazonSQS". `client` must outlive it.
  JsonService(AwsClient& client, std::string target) : client_(client), target_(std::move(target)) {}

  // `idempotent` and `service_wait`: see AwsRequest. An answer of 2xx that is no JSON object is an AwsError without
  // status whose no_answer is StoreUnavailable.
  AwsResult<boost::json::object> call(std::string_view operation, const boost::json::object& input, Deadline deadline,
                                      bool idempotent = true, std::chrono::milliseconds service_wait = {});

 private:
  AwsClient& client_;
  const std::string target_;
};

}  // namespace tintype::aws
