#include "adapters/measured/measured_blob_store.h"

namespace tintype {

MeasuredBlobStore::MeasuredBlobStore(BlobStore& store, MetricsRegistry& metrics)
    : store_(store),
      put_(metrics, "blob", "put"),
      open_(metrics, "blob", "open"),
      remove_(metrics, "blob", "remove"),
      list_(metrics, "blob", "list"),
      check_(metrics, "blob", "check") {}

Result<void> MeasuredBlobStore::put(std::string_view key, std::span<const std::byte> body, const BlobMeta& meta,
                                    Deadline deadline) {
  return put_.time([&] { return store_.put(key, body, meta, deadline); });
}

Result<OpenBlob> MeasuredBlobStore::open(std::string_view key, Deadline deadline) {
  return open_.time([&] { return store_.open(key, deadline); });
}

Result<void> MeasuredBlobStore::remove(std::string_view key, Deadline deadline) {
  return remove_.time([&] { return store_.remove(key, deadline); });
}

Result<void> MeasuredBlobStore::list(std::string_view prefix, const std::function<bool(const BlobEntry&)>& visit,
                                     Deadline deadline) {
  return list_.time([&] { return store_.list(prefix, visit, deadline); });
}

Result<void> MeasuredBlobStore::check(Deadline deadline) {
  return check_.time([&] { return store_.check(deadline); });
}

}  // namespace tintype
