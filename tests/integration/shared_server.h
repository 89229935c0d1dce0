#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/deadline.h"
#include "base/text.h"
#include "tests/integration/http_client.h"
#include "tests/integration/server_process.h"
#include "tests/support/temp_directory.h"
#include "tests/support/test_images.h"
#include "tests/support/webp_file.h"

namespace tintype::testing_support {

inline std::string as_file(const ImageBytes& bytes) {
  return std::string(as_text(bytes));
}
inline std::string error_code(const HttpAnswer& answer) {
  return json_text(answer.body, "code");
}

// One server for all tests of a suite: starting one takes a while. `Suite` gives `static std::vector<std::string>
// flags()`.
template <typename Suite>
class SharedServer : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    directory_ = std::make_unique<TempDirectory>();
    server_ = std::make_unique<ServerProcess>(
        ServerProcess::Options{.data_dir = directory_->path() / "data", .flags = Suite::flags()});
  }
  static void TearDownTestSuite() {
    EXPECT_EQ(server_->stop(), 0) << server_->process().standard_error();
    server_.reset();
    directory_.reset();
  }

  static ApiClient client(const std::string& user = "ann") { return {server_->url(), ServerProcess::token(user)}; }
  static std::string small_jpeg() { return as_file(make_jpeg({.width = 120, .height = 90})); }

  // Uploads a small picture and gives its id.
  static std::string upload(const ApiClient& api, std::vector<FormField> fields = {}) {
    const auto answer = api.upload(small_jpeg(), std::move(fields));
    EXPECT_EQ(answer.status, 201) << answer.body;
    return json_text(answer.body, "imageId");
  }

  static inline std::unique_ptr<TempDirectory> directory_;
  static inline std::unique_ptr<ServerProcess> server_;
  ApiClient api_ = client();
};

}  // namespace tintype::testing_support
