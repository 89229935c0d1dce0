#include "main/aws_composition.h"

#include "adapters/aws/container_credentials.h"
#include "adapters/aws/instance_credentials.h"
#include "adapters/aws/local_credentials.h"
#include "adapters/blob_s3/s3_blob_store.h"
#include "adapters/metadata_dynamodb/dynamodb_metadata_store.h"
#include "base/text.h"

namespace tintype {
namespace {

// In the order of AWS's SDKs; docs/operations.md tells it.
std::vector<std::unique_ptr<aws::CredentialSource>> credential_sources(const aws::Environment& environment,
                                                                       aws::HttpClient& http) {
  std::vector<std::unique_ptr<aws::CredentialSource>> sources;
  sources.push_back(std::make_unique<aws::EnvironmentCredentials>(environment));
  sources.push_back(std::make_unique<aws::SharedFileCredentials>(environment));
  sources.push_back(std::make_unique<aws::ContainerCredentials>(environment, http));
  sources.push_back(std::make_unique<aws::InstanceCredentials>(environment, http));
  return sources;
}

std::optional<std::string> given(const std::string& setting) {
  return setting.empty() ? std::nullopt : std::optional(setting);
}

// Whether the service is somewhere else than AWS has it.
bool has_endpoint(const std::string& variable, const std::string& setting, const aws::Environment& environment) {
  return given(setting) || environment.get(variable) || environment.get("AWS_ENDPOINT_URL");
}

// Engines that are not AWS's take any region, but a signature must have one.
Result<std::string> region_of(const aws::Environment& environment, bool is_elsewhere, const std::string& service) {
  if (auto region = aws::default_region(environment)) return std::move(*region);
  if (is_elsewhere) return std::string("us-east-1");
  return fail(ErrorCode::ValidationFailed,
              "no AWS region is known: set AWS_REGION, or " + service + "-endpoint for another engine");
}

// `endpoint`: the setting. `variable`: AWS's name for it.
Result<std::unique_ptr<aws::AwsClient>> make_client(AwsParts& aws, const std::string& service,
                                                    const std::string& endpoint, const std::string& variable,
                                                    const aws::Environment& environment) {
  auto region = region_of(environment, has_endpoint(variable, endpoint, environment), service);
  if (!region) return fail(region.error());
  auto resolved = aws::resolve_endpoint(service, given(endpoint), environment, *region);
  if (!resolved) return fail(resolved.error());
  return std::make_unique<aws::AwsClient>(
      aws.http, aws.credentials, aws.clock,
      aws::AwsClient::Options{.service = service, .region = std::move(*region), .endpoint = std::move(*resolved)});
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

constexpr const char* kS3Variable = "AWS_ENDPOINT_URL_S3";

// make_dynamodb made it.
DynamoDbMetadataStore& concrete(DynamoDbParts& dynamodb) {
  return static_cast<DynamoDbMetadataStore&>(*dynamodb.store);
}

}  // namespace

AwsParts::AwsParts(const aws::Environment& environment) : credentials(credential_sources(environment, http), clock) {}

Result<S3Parts> make_s3(AwsParts& aws, const config::Settings& settings, const aws::Environment& environment) {
  if (settings.s3_bucket.empty()) {
    return fail(ErrorCode::ValidationFailed, "blobs=s3 needs a bucket: set TINTYPE_S3_BUCKET or --s3-bucket");
  }
  auto client = make_client(aws, "s3", settings.s3_endpoint, kS3Variable, environment);
  if (!client) return fail(client.error());
  const bool is_elsewhere = has_endpoint(kS3Variable, settings.s3_endpoint, environment);
  S3Parts parts{.client = std::move(*client), .store = nullptr};
  parts.store = std::make_unique<S3BlobStore>(*parts.client,
                                              S3BlobStore::Options{.bucket = settings.s3_bucket,
                                                                   .addressing = addressing_of(settings, is_elsewhere),
                                                                   .encryption = encryption_of(settings)});
  return parts;
}

Result<DynamoDbParts> make_dynamodb(AwsParts& aws, const config::Settings& settings,
                                    const aws::Environment& environment) {
  auto client = make_client(aws, "dynamodb", settings.dynamodb_endpoint, "AWS_ENDPOINT_URL_DYNAMODB", environment);
  if (!client) return fail(client.error());
  DynamoDbParts parts{.client = std::move(*client), .store = nullptr};
  parts.store = std::make_unique<DynamoDbMetadataStore>(
      *parts.client,
      DynamoDbMetadataStore::Options{.table_prefix = settings.dynamodb_table_prefix,
                                     .transactions = settings.dynamodb_transactions == config::Transactions::On});
  return parts;
}

Result<void> create_bucket(S3Parts& s3, const config::Settings& settings, Deadline deadline) {
  auto created = static_cast<S3BlobStore&>(*s3.store).create_bucket(deadline);  // make_s3 made it
  if (created) return {};
  return fail(created.error().code, "the bucket " + settings.s3_bucket + " cannot be made: " + created.error().detail);
}

Result<void> create_tables(DynamoDbParts& dynamodb, Deadline deadline) {
  auto created = concrete(dynamodb).create_tables(deadline);
  if (created) return {};
  return fail(created.error().code, "the tables in DynamoDB cannot be made: " + created.error().detail);
}

Result<void> check_bucket(S3Parts& s3, const config::Settings& settings, Deadline deadline) {
  const auto there = s3.store->check(deadline);
  if (there) return {};
  return fail(ErrorCode::StoreUnavailable, "cannot use the bucket " + settings.s3_bucket + ": " + there.error().detail +
                                               "; `tintype init` makes one that is missing");
}

Result<void> check_tables(DynamoDbParts& dynamodb, Deadline deadline) {
  const auto there = concrete(dynamodb).check_tables(deadline);
  if (there) return {};
  return fail(ErrorCode::StoreUnavailable, "cannot use the tables in DynamoDB: " + there.error().detail);
}

}  // namespace tintype
