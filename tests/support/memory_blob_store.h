#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ports/blob_store.h"

namespace tintype::testing_support {

// A BlobStore for tests of what uses one. It passes the contract suite, but for durability.
class MemoryBlobStore : public BlobStore {
 public:
  Result<void> put(std::string_view key, std::span<const std::byte> body, const BlobMeta& meta,
                   Deadline deadline) override {
    if (auto checked = check_call(key, deadline); !checked) return checked;
    const std::lock_guard lock(mutex_);
    const bool is_new = blobs_.try_emplace(std::string(key), Blob{meta, {body.begin(), body.end()}, now()}).second;
    if (!is_new) return fail(ErrorCode::AlreadyExists, "there is a picture under this key", std::string(key));
    return {};
  }

  Result<OpenBlob> open(std::string_view key, Deadline deadline) override {
    if (auto checked = check_call(key, deadline); !checked) return fail(checked.error());
    const std::lock_guard lock(mutex_);
    const auto found = blobs_.find(std::string(key));
    if (found == blobs_.end()) return fail(ErrorCode::NotFound, "there is no such picture", std::string(key));
    return OpenBlob{found->second.meta, std::make_unique<MemorySource>(found->second.bytes)};
  }

  Result<BlobEntry> stat(std::string_view key, Deadline deadline) override {
    if (auto checked = check_call(key, deadline); !checked) return fail(checked.error());
    const std::lock_guard lock(mutex_);
    const auto found = blobs_.find(std::string(key));
    if (found == blobs_.end()) return fail(ErrorCode::NotFound, "there is no such picture", std::string(key));
    return BlobEntry{found->first, found->second.bytes.size(), found->second.modified};
  }

  Result<std::optional<BlobUrl>> url(std::string_view key, UrlUse /*use*/, std::chrono::seconds /*lifetime*/,
                                     Deadline deadline) override {
    if (auto checked = check_call(key, deadline); !checked) return fail(checked.error());
    return std::nullopt;
  }

  Result<void> remove(std::string_view key, Deadline deadline) override {
    if (auto checked = check_call(key, deadline); !checked) return checked;
    const std::lock_guard lock(mutex_);
    blobs_.erase(std::string(key));
    return {};
  }

  Result<void> remove_all(std::span<const std::string> keys, Deadline deadline) override {
    return remove_each(*this, keys, deadline);
  }

  Result<void> list(std::string_view prefix, const std::function<bool(const BlobEntry&)>& visit,
                    Deadline deadline) override {
    for (const BlobEntry& entry : entries(prefix)) {  // a copy: `visit` may call the store
      if (deadline.expired()) return fail(ErrorCode::DeadlineExceeded, "too late");
      if (!visit(entry)) break;
    }
    return check(deadline);
  }

  Result<int> remove_unfinished(UnixTime /*before*/, Deadline deadline) override {
    if (deadline.expired()) return fail(ErrorCode::DeadlineExceeded, "too late");
    return 0;
  }

  Result<void> check(Deadline deadline) override {
    if (deadline.expired()) return fail(ErrorCode::DeadlineExceeded, "too late");
    return {};
  }

  std::vector<BlobEntry> entries(std::string_view prefix = {}) const {
    const std::lock_guard lock(mutex_);
    std::vector<BlobEntry> found;
    for (const auto& [key, blob] : blobs_) {
      if (key.starts_with(prefix)) found.push_back({key, blob.bytes.size(), blob.modified});
    }
    return found;
  }

 private:
  struct Blob {
    BlobMeta meta;
    std::vector<std::byte> bytes;
    UnixTime modified;
  };

  Result<void> check_call(std::string_view key, Deadline deadline) {
    if (!is_valid_blob_key(key)) return fail(ErrorCode::ValidationFailed, "not a valid blob key", std::string(key));
    return check(deadline);
  }
  static UnixTime now() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

  mutable std::mutex mutex_;
  std::map<std::string, Blob> blobs_;  // guarded by mutex_
};

}  // namespace tintype::testing_support
