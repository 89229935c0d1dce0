#pragma once

#include <future>
#include <string>
#include <vector>

#include "base/bounded_executor.h"
#include "ports/blob_store.h"

namespace tintype {

// Puts blobs in the background, so that one is on its way while the next is still being made.
//
// Thread safety: all methods may be called concurrently.
class BlobWriter {
 public:
  BlobWriter(BlobStore& blobs, BoundedExecutor& executor) : blobs_(blobs), executor_(executor) {}

  // Starts to put `body`, which it takes over. If the executor is full the put is done before this returns: slower,
  // never lost. If the blob is there already, from an earlier attempt, that is success for the same bytes and
  // AlreadyExists for others.
  std::future<Result<void>> start(std::string key, std::vector<std::byte> body, BlobMeta meta, Deadline deadline);

 private:
  Result<void> put(const std::string& key, const std::vector<std::byte>& body, const BlobMeta& meta, Deadline deadline);

  BlobStore& blobs_;
  BoundedExecutor& executor_;
};

}  // namespace tintype
