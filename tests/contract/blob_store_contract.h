#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "base/text.h"
#include "ports/blob_store.h"
#include "tests/support/temp_directory.h"

namespace tintype {

// Makes an empty store in an empty directory.
struct BlobStoreAdapter {
  std::string name;
  std::function<std::unique_ptr<BlobStore>(const std::filesystem::path&)> make;
  bool keeps_concurrent_puts_apart = true;
  // What HTTP gives under a URL of the store without credentials. Absent if it has no URLs.
  struct Fetched {
    int status = 0;
    std::string content_type;
    std::string body;
  };
  std::function<Fetched(const std::string& method, const std::string& url)> fetch = {};

  friend void PrintTo(const BlobStoreAdapter& adapter, std::ostream* out) { *out << adapter.name; }
};

class BlobStoreContract : public testing::TestWithParam<BlobStoreAdapter> {
 protected:
  Result<void> put(std::string_view key, std::string_view body, const BlobMeta& meta = {}) {
    return store_->put(key, as_bytes(body), meta, soon());
  }

  // The bytes under `key`, or the error's name.
  std::string get(std::string_view key) {
    auto blob = store_->open(key, soon());
    if (!blob) return std::string(code_name(blob.error().code));
    return text_of(*blob);
  }

  static std::string text_of(OpenBlob& blob) {
    const auto bytes = read_all(*blob.bytes, soon());
    return bytes ? std::string(as_text(*bytes)) : to_string(bytes.error());
  }

  std::vector<std::string> keys(std::string_view prefix = {}) {
    std::vector<std::string> found;
    const auto listed = store_->list(
        prefix,
        [&](const BlobEntry& entry) {
          found.push_back(entry.key);
          return true;
        },
        soon());
    EXPECT_TRUE(listed) << to_string(listed.error());
    return found;
  }

  static Deadline soon() { return Deadline::after(std::chrono::seconds(30)); }
  static Deadline passed() { return Deadline::after(std::chrono::seconds(-1)); }

  testing_support::TempDirectory directory_;
  std::unique_ptr<BlobStore> store_ = GetParam().make(directory_.path());
};

}  // namespace tintype
