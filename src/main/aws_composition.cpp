#include "main/aws_composition.h"

#include "adapters/aws/container_credentials.h"
#include "adapters/aws/instance_credentials.h"
#include "adapters/aws/local_credentials.h"
#include "adapters/blob_s3/s3_blob_store.h"

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

// Stores that are not AWS's take any region, but a signature must have one.
Result<std::string> region_of(const aws::Environment& environment, bool has_endpoint) {
  if (auto region = aws::default_region(environment)) return std::move(*region);
  if (has_endpoint) return std::string("us-east-1");
  return fail(ErrorCode::ValidationFailed, "no AWS region is known: set AWS_REGION, or s3-endpoint for another store");
}

s3::Addressing addressing_of(const config::Settings& settings, bool has_endpoint) {
  using config::PathStyle;
  const bool by_path =
      settings.s3_path_style == PathStyle::True || (settings.s3_path_style == PathStyle::Auto && has_endpoint);
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

}  // namespace

AwsParts::AwsParts(const aws::Environment& environment) : credentials(credential_sources(environment, http), clock) {}

Result<S3Parts> make_s3(AwsParts& aws, const config::Settings& settings, const aws::Environment& environment) {
  if (settings.s3_bucket.empty()) {
    return fail(ErrorCode::ValidationFailed, "blobs=s3 needs a bucket: set TINTYPE_S3_BUCKET or --s3-bucket");
  }
  std::optional<std::string> setting;
  if (!settings.s3_endpoint.empty()) setting = settings.s3_endpoint;
  const bool has_endpoint = setting || environment.get("AWS_ENDPOINT_URL_S3") || environment.get("AWS_ENDPOINT_URL");
  auto region = region_of(environment, has_endpoint);
  if (!region) return fail(region.error());
  auto endpoint = aws::resolve_endpoint("s3", setting, environment, *region);
  if (!endpoint) return fail(endpoint.error());
  S3Parts parts;
  parts.client = std::make_unique<aws::AwsClient>(
      aws.http, aws.credentials, aws.clock,
      aws::AwsClient::Options{.service = "s3", .region = std::move(*region), .endpoint = std::move(*endpoint)});
  parts.store = std::make_unique<S3BlobStore>(*parts.client,
                                              S3BlobStore::Options{.bucket = settings.s3_bucket,
                                                                   .addressing = addressing_of(settings, has_endpoint),
                                                                   .encryption = encryption_of(settings)});
  return parts;
}

Result<void> create_bucket(S3Parts& s3, const config::Settings& settings, Deadline deadline) {
  auto created = static_cast<S3BlobStore&>(*s3.store).create_bucket(deadline);  // make_s3 made it
  if (created) return {};
  return fail(created.error().code, "the bucket " + settings.s3_bucket + " cannot be made: " + created.error().detail);
}

}  // namespace tintype
