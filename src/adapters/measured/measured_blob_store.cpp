#include "adapters/measured/measured_blob_store.h"

namespace tintype {

MeasuredBlobStore::MeasuredBlobStore(BlobStore& store, MetricsRegistry& metrics)
    : store_(store),
      put_(metrics, "blob", "put",
           metrics.summary("tintype_blob_put_duration_seconds", "Pictures given to the blob store.")),
      open_(metrics, "blob", "open"),
      stat_(metrics, "blob", "stat"),
      url_(metrics, "blob", "url"),
      remove_(metrics, "blob", "remove"),
      remove_all_(metrics, "blob", "remove_all"),
      list_(metrics, "blob", "list"),
      remove_unfinished_(metrics, "blob", "remove_unfinished"),
      check_(metrics, "blob", "check") {}

Result<void> MeasuredBlobStore::put(std::string_view key, std::span<const std::byte> body, const BlobMeta& meta,
                                    Deadline deadline) {
  return put_.time([&] { return store_.put(key, body, meta, deadline); });
}

Result<OpenBlob> MeasuredBlobStore::open(std::string_view key, Deadline deadline) {
  return open_.time([&] { return store_.open(key, deadline); });
}

std::optional<OpenBlob> MeasuredBlobStore::open_at_once(std::string_view key) {
  return open_.time_if_done([&] { return store_.open_at_once(key); });
}

Result<BlobEntry> MeasuredBlobStore::stat(std::string_view key, Deadline deadline) {
  return stat_.time([&] { return store_.stat(key, deadline); });
}

Result<std::optional<BlobUrl>> MeasuredBlobStore::url(std::string_view key, UrlUse use, std::chrono::seconds lifetime,
                                                      Deadline deadline) {
  return url_.time([&] { return store_.url(key, use, lifetime, deadline); });
}

Result<void> MeasuredBlobStore::remove(std::string_view key, Deadline deadline) {
  return remove_.time([&] { return store_.remove(key, deadline); });
}

Result<void> MeasuredBlobStore::remove_all(std::span<const std::string> keys, Deadline deadline) {
  return remove_all_.time([&] { return store_.remove_all(keys, deadline); });
}

Result<void> MeasuredBlobStore::list(std::string_view prefix, const std::function<bool(const BlobEntry&)>& visit,
                                     Deadline deadline) {
  return list_.time([&] { return store_.list(prefix, visit, deadline); });
}

Result<int> MeasuredBlobStore::remove_unfinished(UnixTime before, Deadline deadline) {
  return remove_unfinished_.time([&] { return store_.remove_unfinished(before, deadline); });
}

Result<void> MeasuredBlobStore::check(Deadline deadline) {
  return check_.time([&] { return store_.check(deadline); });
}

}  // namespace tintype
