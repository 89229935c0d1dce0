#pragma once

#include <string>
#include <string_view>

#include "adapters/aws/aws_client.h"

namespace tintype::s3 {

enum class Addressing {
  VirtualHost,  // https://bucket.s3.amazonaws.com/key
  Path,         // https://s3.example.com/bucket/key: for names with dots, addresses, and most stores that are not AWS's
};

// A bucket, and how requests to it are written. Immutable after construction.
class Bucket {
 public:
  Bucket(std::string name, Addressing addressing) : name_(std::move(name)), addressing_(addressing) {}

  const std::string& name() const { return name_; }

  // For the object under `key`, or for the bucket itself if that is empty.
  aws::AwsRequest request(std::string method, std::string_view key = {}, aws::Fields query = {}) const;

 private:
  std::string name_;
  Addressing addressing_;
};

}  // namespace tintype::s3
