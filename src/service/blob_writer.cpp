#include "service/blob_writer.h"

#include <memory>
#include <utility>

namespace tintype {

std::future<Result<void>> BlobWriter::start(std::string key, std::vector<std::byte> body, BlobMeta meta,
                                            Deadline deadline) {
  using Put = std::packaged_task<Result<void>()>;
  // Shared only because std::function wants its target copyable.
  auto put = std::make_shared<Put>([this, key = std::move(key), body = std::move(body), meta = std::move(meta),
                                    deadline] { return blobs_.put(key, body, meta, deadline); });
  auto outcome = put->get_future();
  if (!executor_.try_run([put] { (*put)(); })) (*put)();
  return outcome;
}

void BlobWriter::discard(const std::vector<std::string>& keys, Deadline deadline) {
  for (const auto& key : keys) {
    if (auto removed = blobs_.remove(key, deadline); !removed) {
      log_.warn("a blob of a failed upload was not removed", {{"key", key}, {"error", to_string(removed.error())}});
    }
  }
}

}  // namespace tintype
