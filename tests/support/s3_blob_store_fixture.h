#pragma once

#include <gmock/gmock.h>

#include "adapters/blob_s3/s3_blob_store.h"
#include "base/text.h"
#include "tests/support/scripted_aws_service.h"

namespace tintype {

using testing_support::ReceivedRequest;
using testing_support::ScriptedAnswer;
using testing_support::ScriptedAwsService;

// A store whose service does what a test says (tests/support/scripted_http_server.h).
class S3BlobStoreTest : public testing::Test {
 protected:
  static Deadline soon() { return Deadline::after(std::chrono::seconds(20)); }
  static ScriptedAnswer always(const ReceivedRequest& /*request*/) { return {}; }

  S3BlobStore& store(std::function<ScriptedAnswer(const ReceivedRequest&)> script,
                     S3BlobStore::Options options = {.bucket = {}}) {
    service_ = std::make_unique<ScriptedAwsService>("s3", std::move(script));
    options.bucket = "pictures";
    options.addressing = s3::Addressing::Path;
    store_ = std::make_unique<S3BlobStore>(service_->client(), std::move(options));
    return *store_;
  }
  Result<void> put(std::string_view body) {
    return store_->put("a/k", as_bytes(body), {.content_type = "image/webp"}, soon());
  }
  std::vector<std::string> seen() const {
    std::vector<std::string> lines;
    for (const auto& request : service_->requests()) lines.push_back(request.method + ' ' + request.target);
    return lines;
  }

  std::unique_ptr<ScriptedAwsService> service_;
  std::unique_ptr<S3BlobStore> store_;
};

}  // namespace tintype
