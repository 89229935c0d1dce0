#pragma once

#include <functional>
#include <string_view>

#include "ports/blob_store.h"
#include "tests/support/fault_points.h"

namespace tintype::testing_support {

enum class BlobOperation { Put, Open, Stat, Url, Remove, List, RemoveUnfinished, Check };

// Forwards to another BlobStore, and makes chosen calls fail, wait, or meet something that happens just then.
//
// Thread safety: all methods may be called concurrently, also while hooks are being set.
class FaultInjectingBlobStore final : public BlobStore, public FaultPoints<BlobOperation, 8> {
 public:
  explicit FaultInjectingBlobStore(BlobStore& store) : store_(store) {}

  Result<void> put(std::string_view key, std::span<const std::byte> body, const BlobMeta& meta,
                   Deadline deadline) override {
    return around(BlobOperation::Put, key, [&] { return store_.put(key, body, meta, deadline); });
  }
  Result<OpenBlob> open(std::string_view key, Deadline deadline) override {
    return around(BlobOperation::Open, key, [&] { return store_.open(key, deadline); });
  }
  Result<BlobEntry> stat(std::string_view key, Deadline deadline) override {
    return around(BlobOperation::Stat, key, [&] { return store_.stat(key, deadline); });
  }
  Result<std::optional<BlobUrl>> url(std::string_view key, UrlUse use, std::chrono::seconds lifetime,
                                     Deadline deadline) override {
    return around(BlobOperation::Url, key, [&] { return store_.url(key, use, lifetime, deadline); });
  }
  Result<void> remove(std::string_view key, Deadline deadline) override {
    return around(BlobOperation::Remove, key, [&] { return store_.remove(key, deadline); });
  }
  // One after the other, so that faults can come between.
  Result<void> remove_all(std::span<const std::string> keys, Deadline deadline) override {
    return remove_each(*this, keys, deadline);
  }
  Result<void> list(std::string_view prefix, const std::function<bool(const BlobEntry&)>& visit,
                    Deadline deadline) override {
    return around(BlobOperation::List, prefix, [&] { return store_.list(prefix, visit, deadline); });
  }
  Result<int> remove_unfinished(UnixTime before, Deadline deadline) override {
    return around(BlobOperation::RemoveUnfinished, to_rfc3339(before),
                  [&] { return store_.remove_unfinished(before, deadline); });
  }
  Result<void> check(Deadline deadline) override {
    return around(BlobOperation::Check, {}, [&] { return store_.check(deadline); });
  }

 private:
  BlobStore& store_;
};

}  // namespace tintype::testing_support
