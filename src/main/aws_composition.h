#pragma once

#include <memory>

#include "adapters/aws/aws_client.h"
#include "adapters/blob_s3/s3_blob_store.h"
#include "adapters/metadata_dynamodb/dynamodb_derivation_store.h"
#include "adapters/metadata_dynamodb/dynamodb_event_log.h"
#include "adapters/metadata_dynamodb/dynamodb_metadata_store.h"
#include "adapters/queue_sqs/sqs_job_queue.h"
#include "adapters/system_clock/system_clock.h"
#include "config/settings.h"

namespace tintype {

// What all stores at AWS, or at services that speak its protocols, share.
struct AwsParts {
  AwsParts(const config::Settings& settings, const aws::Environment& environment);

  SystemClock clock;
  // A put takes its round trip of tenths of a second, so that this many carry more uploads than 16 cores can render.
  aws::HttpClient http{{.connections_per_host = 24}};
  // Its calls take milliseconds, those of S3 tenths of a second: a few connections carry as many of them.
  aws::HttpClient dynamodb_http{{.connections_per_host = 8}};
  // One for each thread that may wait there for jobs, for tens of seconds; and some for all other calls.
  aws::HttpClient sqs_http;
  aws::CredentialProvider credentials;
};

// Blobs in S3. The client lives as long as the store.
struct S3Parts {
  std::unique_ptr<aws::AwsClient> client;
  std::unique_ptr<S3BlobStore> store;
};

// Metadata in DynamoDB. The client lives as long as the store, and the store as long as its other two sides.
struct DynamoDbParts {
  std::unique_ptr<aws::AwsClient> client;
  std::unique_ptr<DynamoDbMetadataStore> store;
  std::unique_ptr<DynamoDbDerivationStore> derivations;
  std::unique_ptr<DynamoDbEventLog> events;
};

// Jobs in SQS. The client lives as long as the queue.
struct SqsParts {
  std::unique_ptr<aws::AwsClient> client;
  std::unique_ptr<SqsJobQueue> queue;
};

// What the settings say of the tables.
DynamoDbMetadataStore::Options dynamodb_options(const config::Settings& settings);

// Ask nobody: whether there is a bucket, tables or a queue, shows later. Error: the message says which setting is
// missing or wrong.
Result<S3Parts> make_s3(AwsParts& aws, const config::Settings& settings, const aws::Environment& environment);
Result<DynamoDbParts> make_dynamodb(AwsParts& aws, const config::Settings& settings,
                                    const aws::Environment& environment);
// sqs-queue may be a URL: it then is the QueueUrl itself, and the queue is only made where that is its URL.
Result<SqsParts> make_sqs(AwsParts& aws, const config::Settings& settings, const aws::Environment& environment);

// Make the bucket, the tables, and the queue with the one for its dead letters, that the settings name, where they are
// not there. Error: the message says why not.
Result<void> create_bucket(S3Parts& s3, const config::Settings& settings, Deadline deadline);
Result<void> create_tables(DynamoDbParts& dynamodb, Deadline deadline);
Result<void> create_queue(SqsParts& sqs, Deadline deadline);

// Whether they can be used. Error: the message says what to do.
Result<void> check_bucket(S3Parts& s3, const config::Settings& settings, Deadline deadline);
Result<void> check_tables(DynamoDbParts& dynamodb, Deadline deadline);
Result<void> check_queue(SqsParts& sqs, Deadline deadline);

}  // namespace tintype
