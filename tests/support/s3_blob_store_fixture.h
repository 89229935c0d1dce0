#pragma once

#include <gmock/gmock.h>

#include "adapters/aws/local_credentials.h"
#include "adapters/blob_s3/s3_blob_store.h"
#include "base/text.h"
#include "tests/support/fake_clock.h"
#include "tests/support/scripted_http_server.h"

namespace tintype {

using testing_support::FakeClock;
using testing_support::ReceivedRequest;
using testing_support::ScriptedAnswer;
using testing_support::ScriptedHttpServer;

// A store whose service does what a test says (tests/support/scripted_http_server.h).
class S3BlobStoreTest : public testing::Test {
 protected:
  static Deadline soon() { return Deadline::after(std::chrono::seconds(20)); }
  static ScriptedAnswer always(const ReceivedRequest& /*request*/) { return {}; }

  S3BlobStore& store(std::function<ScriptedAnswer(const ReceivedRequest&)> script,
                     S3BlobStore::Options options = {.bucket = {}}) {
    server_ = std::make_unique<ScriptedHttpServer>(std::move(script));
    std::vector<std::unique_ptr<aws::CredentialSource>> sources;
    sources.push_back(std::make_unique<aws::StaticCredentials>(aws::Credentials{"id", "secret"}));
    credentials_ = std::make_unique<aws::CredentialProvider>(std::move(sources), clock_);
    client_ = std::make_unique<aws::AwsClient>(
        http_, *credentials_, clock_,
        aws::AwsClient::Options{.service = "s3",
                                .region = "us-east-1",
                                .endpoint = aws::parse_endpoint(server_->url()).value(),
                                .retry = {.random = [] { return 0.01; }}});
    options.bucket = "pictures";
    options.addressing = s3::Addressing::Path;
    store_ = std::make_unique<S3BlobStore>(*client_, std::move(options));
    return *store_;
  }
  Result<void> put(std::string_view body) {
    return store_->put("a/k", as_bytes(body), {.content_type = "image/webp"}, soon());
  }
  std::vector<std::string> seen() const {
    std::vector<std::string> lines;
    for (const auto& request : server_->requests()) lines.push_back(request.method + ' ' + request.target);
    return lines;
  }

  FakeClock clock_;
  std::unique_ptr<ScriptedHttpServer> server_;
  aws::HttpClient http_{{.proxy_from_environment = false}};
  std::unique_ptr<aws::CredentialProvider> credentials_;
  std::unique_ptr<aws::AwsClient> client_;
  std::unique_ptr<S3BlobStore> store_;
};

}  // namespace tintype
