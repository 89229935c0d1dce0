// S3BlobStore in the suite of blob_store_contract.cpp, on the store that S3_TEST_ENDPOINT names: each test makes a
// bucket of its own there, and leaves it.
#include "adapters/blob_s3/s3_blob_store.h"
#include "tests/contract/aws_test_service.h"
#include "tests/contract/blob_store_contract.h"

namespace tintype {
namespace {

using testing_support::AwsTestService;

AwsTestService& service() {
  static AwsTestService shared("s3", "S3_TEST_ENDPOINT");  // by all tests of a run
  return shared;
}

// As a browser does it: the URL is all it has.
BlobStoreAdapter::Fetched fetch(const std::string& method, const std::string& url) {
  const auto reply =
      service().http().start({.method = method, .url = url}, Deadline::after(std::chrono::seconds(30))).get();
  if (!reply) return {.status = 0, .content_type = {}, .body = to_string(reply.error().error)};
  return {reply->status, std::string(aws::field_or_empty(reply->headers, "Content-Type")), reply->body};
}

BlobStoreAdapter s3(const std::string& name, std::size_t multipart_above) {
  return {name,
          [multipart_above](const auto& /*directory*/) {
            auto store = std::make_unique<S3BlobStore>(service().client(),
                                                       S3BlobStore::Options{.bucket = testing_support::new_test_name(),
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
  testing_support::require_endpoint("S3_TEST_ENDPOINT");
  return {s3("S3", std::size_t{16} << 20), s3("S3InParts", 0)};
}

INSTANTIATE_TEST_SUITE_P(Adapters, BlobStoreContract, testing::ValuesIn(adapters()),
                         [](const auto& adapter) { return adapter.param.name; });

}  // namespace
}  // namespace tintype
