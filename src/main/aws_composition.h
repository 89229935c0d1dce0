#pragma once

#include <memory>

#include "adapters/aws/aws_client.h"
#include "adapters/system_clock/system_clock.h"
#include "config/settings.h"
#include "ports/blob_store.h"

namespace tintype {

// What all stores at AWS, or at services that speak its protocols, share.
struct AwsParts {
  explicit AwsParts(const aws::Environment& environment);

  SystemClock clock;
  aws::HttpClient http;
  aws::CredentialProvider credentials;
};

// Blobs in S3. The client lives as long as the store.
struct S3Parts {
  std::unique_ptr<aws::AwsClient> client;
  std::unique_ptr<BlobStore> store;
};

// Asks nobody: whether there is a bucket shows later. Error: the message says which setting is missing or wrong.
Result<S3Parts> make_s3(AwsParts& aws, const config::Settings& settings, const aws::Environment& environment);

// Makes the bucket that the settings name, if this account does not have it. Error: the message says why not.
Result<void> create_bucket(S3Parts& s3, const config::Settings& settings, Deadline deadline);

}  // namespace tintype
