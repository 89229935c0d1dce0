#include "main/aws_composition.h"

#include <cstdio>
#include <thread>
#include <utility>

#include "adapters/aws/container_credentials.h"
#include "adapters/aws/instance_credentials.h"
#include "adapters/aws/local_credentials.h"
#include "main/cores.h"

namespace tintype {
namespace {

// What the settings say, then the order of AWS's SDKs; docs/operations.md tells it.
std::vector<std::unique_ptr<aws::CredentialSource>> credential_sources(const config::Settings& settings,
                                                                       const aws::Environment& environment,
                                                                       aws::HttpClient& http) {
  std::vector<std::unique_ptr<aws::CredentialSource>> sources;
  if (!settings.aws_access_key_id.empty()) {
    sources.push_back(std::make_unique<aws::StaticCredentials>(aws::Credentials{
        .access_key_id = settings.aws_access_key_id, .secret_access_key = settings.aws_secret_access_key}));
  }
  sources.push_back(std::make_unique<aws::EnvironmentCredentials>(environment));
  sources.push_back(std::make_unique<aws::SharedFileCredentials>(environment));
  sources.push_back(std::make_unique<aws::ContainerCredentials>(environment, http));
  sources.push_back(std::make_unique<aws::InstanceCredentials>(environment, http));
  return sources;
}

std::optional<std::string> given(const std::string& setting) {
  return setting.empty() ? std::nullopt : std::optional(setting);
}

// A service as its settings and AWS name it.
struct Service {
  std::string name;
  std::string endpoint;  // the setting
  std::string variable;  // AWS's name for it
};

// Whether the service is somewhere else than AWS has it.
bool has_endpoint(const Service& service, const aws::Environment& environment) {
  return given(service.endpoint) || environment.get(service.variable) || environment.get("AWS_ENDPOINT_URL");
}

// Engines that are not AWS's take any region, but a signature must have one.
Result<std::string> region_of(const config::Settings& settings, const aws::Environment& environment, bool is_elsewhere,
                              const std::string& service) {
  if (!settings.aws_region.empty()) return settings.aws_region;
  if (auto region = aws::default_region(environment)) return std::move(*region);
  if (is_elsewhere) return std::string("us-east-1");
  return fail(ErrorCode::ValidationFailed,
              "no AWS region is known: set aws-region or AWS_REGION, or " + service + "-endpoint for another engine");
}

Result<std::unique_ptr<aws::AwsClient>> make_client(AwsParts& aws, aws::HttpClient& http, const Service& service,
                                                    const config::Settings& settings,
                                                    const aws::Environment& environment) {
  if (settings.aws_access_key_id.empty() != settings.aws_secret_access_key.empty()) {
    return fail(ErrorCode::ValidationFailed,
                "aws-access-key-id and aws-secret-access-key belong together: set both or none");
  }
  auto region = region_of(settings, environment, has_endpoint(service, environment), service.name);
  if (!region) return fail(region.error());
  auto resolved = aws::resolve_endpoint(service.name, given(service.endpoint), environment, *region);
  if (!resolved) return fail(resolved.error());
  return std::make_unique<aws::AwsClient>(
      http, aws.credentials, aws.clock,
      aws::AwsClient::Options{.service = service.name, .region = std::move(*region), .endpoint = std::move(*resolved)});
}

// For leases, ends of jobs, and what is pushed: each takes milliseconds.
constexpr std::size_t kConnectionsBesidePolls = 8;

std::size_t poll_connections(const config::Settings& settings) {
  return static_cast<std::size_t>(cores_if_zero(settings.job_threads));
}

s3::Addressing addressing_of(const config::Settings& settings, bool is_elsewhere) {
  using config::PathStyle;
  const bool by_path =
      settings.s3_path_style == PathStyle::True || (settings.s3_path_style == PathStyle::Auto && is_elsewhere);
  return by_path ? s3::Addressing::Path : s3::Addressing::VirtualHost;
}

s3::Encryption encryption_of(const config::Settings& settings) {
  switch (settings.s3_encryption) {
    case config::S3Encryption::Aes256:
      return {.algorithm = "AES256"};
    case config::S3Encryption::Kms:
      return {.algorithm = "aws:kms", .kms_key_id = settings.s3_kms_key};
    case config::S3Encryption::Bucket:
      break;
  }
  return {};
}

// Tries again, and says so, while it may only be that the service is not up yet, or too busy: at the start of a
// machine, say. What is missing or wrong is an error at once.
template <typename Check>
Result<void> wait_for(const char* service, Deadline deadline, const Check& check) {
  constexpr std::chrono::milliseconds kPause{500};
  for (bool said = false;;) {
    auto checked = check();
    const bool may_pass = !checked && checked.error().code == ErrorCode::StoreUnavailable;
    if (!may_pass || deadline.remaining() <= kPause) return checked;
    if (!std::exchange(said, true)) {
      std::fprintf(stderr, "tintype: waiting for %s: %s\n", service, checked.error().detail.c_str());
    }
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace

AwsParts::AwsParts(const config::Settings& settings, const aws::Environment& environment)
    : sqs_http({.connections_per_host = kConnectionsBesidePolls + poll_connections(settings)}),
      credentials(credential_sources(settings, environment, http), clock) {}

Result<S3Parts> make_s3(AwsParts& aws, const config::Settings& settings, const aws::Environment& environment) {
  if (settings.s3_bucket.empty()) {
    return fail(ErrorCode::ValidationFailed, "blobs=s3 needs a bucket: set TINTYPE_S3_BUCKET or --s3-bucket");
  }
  const Service service{.name = "s3", .endpoint = settings.s3_endpoint, .variable = "AWS_ENDPOINT_URL_S3"};
  auto client = make_client(aws, aws.http, service, settings, environment);
  if (!client) return fail(client.error());
  const bool is_elsewhere = has_endpoint(service, environment);
  S3Parts parts{.client = std::move(*client), .store = nullptr};
  parts.store = std::make_unique<S3BlobStore>(
      *parts.client, S3BlobStore::Options{.bucket = settings.s3_bucket,
                                          .addressing = addressing_of(settings, is_elsewhere),
                                          .encryption = encryption_of(settings),
                                          .checksums = settings.s3_checksum == config::S3Checksum::Sha256});
  return parts;
}

DynamoDbMetadataStore::Options dynamodb_options(const config::Settings& settings) {
  return {.table_prefix = settings.dynamodb_table_prefix,
          .transactions = settings.dynamodb_transactions == config::Transactions::On,
          .announce_events = !settings.webhook_url.empty()};
}

Result<DynamoDbParts> make_dynamodb(AwsParts& aws, const config::Settings& settings,
                                    const aws::Environment& environment) {
  const Service service{
      .name = "dynamodb", .endpoint = settings.dynamodb_endpoint, .variable = "AWS_ENDPOINT_URL_DYNAMODB"};
  auto client = make_client(aws, aws.dynamodb_http, service, settings, environment);
  if (!client) return fail(client.error());
  DynamoDbParts parts{.client = std::move(*client), .store = nullptr, .derivations = nullptr, .events = nullptr};
  parts.store = std::make_unique<DynamoDbMetadataStore>(*parts.client, dynamodb_options(settings));
  parts.derivations = std::make_unique<DynamoDbDerivationStore>(*parts.store);
  parts.events = std::make_unique<DynamoDbEventLog>(*parts.store);
  return parts;
}

Result<SqsParts> make_sqs(AwsParts& aws, const config::Settings& settings, const aws::Environment& environment) {
  if (settings.sqs_queue.empty()) {
    return fail(ErrorCode::ValidationFailed, "queue=sqs needs a queue: set TINTYPE_SQS_QUEUE or --sqs-queue");
  }
  auto address = sqs::parse_queue_address(settings.sqs_queue);
  if (!address) return fail(ErrorCode::ValidationFailed, "sqs-queue: " + address.error().public_message);
  const Service service{.name = "sqs", .endpoint = settings.sqs_endpoint, .variable = "AWS_ENDPOINT_URL_SQS"};
  auto client = make_client(aws, aws.sqs_http, service, settings, environment);
  if (!client) return fail(client.error());
  SqsParts parts{.client = std::move(*client), .queue = nullptr};
  parts.queue = std::make_unique<SqsJobQueue>(
      *parts.client, aws.clock,
      SqsJobQueue::Options{.queue = std::move(*address), .max_attempts = settings.job_max_attempts});
  return parts;
}

Result<void> create_bucket(S3Parts& s3, const config::Settings& settings, Deadline deadline) {
  auto created = s3.store->create_bucket(deadline);
  if (created) return {};
  return fail(created.error().code, "the bucket " + settings.s3_bucket + " cannot be made: " + created.error().detail);
}

Result<void> create_tables(DynamoDbParts& dynamodb, Deadline deadline) {
  auto created = dynamodb.store->create_tables(deadline);
  if (created) return {};
  return fail(created.error().code, "the tables in DynamoDB cannot be made: " + created.error().detail);
}

Result<void> create_queue(SqsParts& sqs, Deadline deadline) {
  auto created = sqs.queue->create_queues(deadline);
  if (created) return {};
  return fail(created.error().code, "the queue in SQS cannot be made: " + created.error().detail);
}

Result<void> check_bucket(S3Parts& s3, const config::Settings& settings, Deadline deadline) {
  const auto there = wait_for("S3", deadline, [&] { return s3.store->check(deadline); });
  if (there) return {};
  if (there.error().code != ErrorCode::NotFound) {
    return fail(ErrorCode::StoreUnavailable,
                "cannot use the bucket " + settings.s3_bucket + ": " + there.error().detail);
  }
  return fail(ErrorCode::StoreUnavailable, "cannot use the bucket " + settings.s3_bucket + ": " + there.error().detail +
                                               "; `tintype init` makes one that is missing");
}

Result<void> check_tables(DynamoDbParts& dynamodb, Deadline deadline) {
  const auto there = wait_for("DynamoDB", deadline, [&] { return dynamodb.store->check_tables(deadline); });
  if (there) return {};
  return fail(ErrorCode::StoreUnavailable, "cannot use the tables in DynamoDB: " + there.error().detail);
}

Result<void> check_queue(SqsParts& sqs, Deadline deadline) {
  const auto there = wait_for("SQS", deadline, [&] { return sqs.queue->check_queues(deadline); });
  if (there) return {};
  return fail(ErrorCode::StoreUnavailable, "cannot use the queue in SQS: " + there.error().detail);
}

}  // namespace tintype
