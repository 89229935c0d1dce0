#pragma once

#include "ports/blob_store.h"

namespace tintype::testing_support {

// Forwards to another BlobStore, for tests that make one method misbehave by overriding it.
class ForwardingBlobStore : public BlobStore {
 public:
  explicit ForwardingBlobStore(BlobStore& store) : store_(store) {}

  Result<void> put(std::string_view key, std::span<const std::byte> body, const BlobMeta& meta,
                   Deadline deadline) override {
    return store_.put(key, body, meta, deadline);
  }
  Result<OpenBlob> open(std::string_view key, Deadline deadline) override { return store_.open(key, deadline); }
  // Nothing at once, so that an override of open sees every opening.
  Result<BlobEntry> stat(std::string_view key, Deadline deadline) override { return store_.stat(key, deadline); }
  Result<std::optional<BlobUrl>> url(std::string_view key, UrlUse use, std::chrono::seconds lifetime,
                                     Deadline deadline) override {
    return store_.url(key, use, lifetime, deadline);
  }
  Result<void> remove(std::string_view key, Deadline deadline) override { return store_.remove(key, deadline); }
  // One after the other, so that an override of remove counts here, too.
  Result<void> remove_all(std::span<const std::string> keys, Deadline deadline) override {
    return remove_each(*this, keys, deadline);
  }
  Result<void> list(std::string_view prefix, const std::function<bool(const BlobEntry&)>& visit,
                    Deadline deadline) override {
    return store_.list(prefix, visit, deadline);
  }
  Result<int> remove_unfinished(UnixTime before, Deadline deadline) override {
    return store_.remove_unfinished(before, deadline);
  }
  Result<void> check(Deadline deadline) override { return store_.check(deadline); }

 protected:
  BlobStore& store_;
};

}  // namespace tintype::testing_support
