#pragma once

#include <cstddef>
#include <future>
#include <string>
#include <vector>

#include "base/bounded_executor.h"
#include "base/log.h"
#include "ports/blob_store.h"

namespace tintype {

// Puts blobs in the background, so that one is on its way while the next is still being made.
//
// Thread safety: all methods may be called concurrently.
class BlobWriter {
 public:
  BlobWriter(BlobStore& blobs, BoundedExecutor& executor, const Logger& log)
      : blobs_(blobs), executor_(executor), log_(log) {}

  // Starts to put `body`, which it takes over. If the executor is full the put is done before this returns: slower,
  // never lost.
  std::future<Result<void>> start(std::string key, std::vector<std::byte> body, BlobMeta meta, Deadline deadline);

  // Removes what a failed upload left. Best effort: what cannot be removed is logged.
  void discard(const std::vector<std::string>& keys, Deadline deadline);

 private:
  BlobStore& blobs_;
  BoundedExecutor& executor_;
  const Logger& log_;
};

}  // namespace tintype
