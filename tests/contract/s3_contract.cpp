// S3BlobStore in the suite of blob_store_contract.cpp, on the store that S3_TEST_ENDPOINT names, with the keys
// of AWS's variables: each test makes a bucket of its own there, and leaves it.
#include <cstdio>
#include <cstdlib>

#include "adapters/aws/local_credentials.h"
#include "adapters/blob_s3/s3_blob_store.h"
#include "adapters/system_clock/system_clock.h"
#include "base/random.h"
#include "tests/contract/blob_store_contract.h"

namespace tintype {
namespace {

// What a store borrows, for all tests of a run.
struct S3Service {
  S3Service()
      : endpoint(aws::resolve_endpoint("s3", std::getenv("S3_TEST_ENDPOINT"), environment, "us-east-1").value()) {}

  static std::vector<std::unique_ptr<aws::CredentialSource>> sources(const aws::Environment& environment) {
    std::vector<std::unique_ptr<aws::CredentialSource>> all;
    all.push_back(std::make_unique<aws::EnvironmentCredentials>(environment));
    return all;
  }

  const aws::Environment environment = aws::Environment::of_process();
  const aws::Endpoint endpoint;
  SystemClock clock;
  aws::HttpClient http{{.proxy_from_environment = false}};
  aws::CredentialProvider credentials{sources(environment), clock};
  aws::AwsClient client{http, credentials, clock, {.service = "s3", .region = "us-east-1", .endpoint = endpoint}};
};

S3Service& service() {
  static S3Service shared;  // by all tests of a run
  return shared;
}

// As a browser does it: the URL is all it has.
BlobStoreAdapter::Fetched fetch(const std::string& method, const std::string& url) {
  const auto reply =
      service().http.start({.method = method, .url = url}, Deadline::after(std::chrono::seconds(30))).get();
  if (!reply) return {.status = 0, .content_type = {}, .body = to_string(reply.error().error)};
  return {reply->status, std::string(aws::field_or_empty(reply->headers, "Content-Type")), reply->body};
}

std::string new_bucket_name() {
  std::array<std::byte, 8> random;
  fill_random(random);
  return "tintype-test-" + hex(random);
}

BlobStoreAdapter s3(const std::string& name, std::size_t multipart_above) {
  return {name,
          [multipart_above](const auto& /*directory*/) {
            auto store = std::make_unique<S3BlobStore>(service().client,
                                                       S3BlobStore::Options{.bucket = new_bucket_name(),
                                                                            .addressing = s3::Addressing::Path,
                                                                            .multipart_above = multipart_above,
                                                                            .part_size = std::size_t{5} << 20});
            const auto created = store->create_bucket(Deadline::after(std::chrono::seconds(30)));
            EXPECT_TRUE(created) << to_string(created.error());
            return std::unique_ptr<BlobStore>(std::move(store));
          },
          multipart_above > 0, fetch};
}

std::vector<BlobStoreAdapter> adapters() {
  if (std::getenv("S3_TEST_ENDPOINT") == nullptr) {
    std::fprintf(stderr, "S3_TEST_ENDPOINT names no store: run this by tests/engines/with_s3\n");
    std::exit(1);  // no test at all would count as success
  }
  return {s3("S3", std::size_t{16} << 20), s3("S3InParts", 0)};
}

INSTANTIATE_TEST_SUITE_P(Adapters, BlobStoreContract, testing::ValuesIn(adapters()),
                         [](const auto& adapter) { return adapter.param.name; });

}  // namespace
}  // namespace tintype
