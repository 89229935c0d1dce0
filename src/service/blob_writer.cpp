#include "service/blob_writer.h"

#include <memory>
#include <utility>

namespace tintype {
namespace {

Result<bool> holds(BlobStore& blobs, const std::string& key, const std::vector<std::byte>& body, Deadline deadline) {
  auto blob = blobs.open(key, deadline);
  if (!blob) return fail(blob.error());
  if (blob->bytes->size() != body.size()) return false;
  auto there = read_all(*blob->bytes, deadline);
  if (!there) return fail(there.error());
  return *there == body;
}

}  // namespace

std::future<Result<void>> BlobWriter::start(std::string key, std::vector<std::byte> body, BlobMeta meta,
                                            Deadline deadline) {
  using Put = std::packaged_task<Result<void>()>;
  // Shared only because std::function wants its target copyable.
  auto task = std::make_shared<Put>([this, key = std::move(key), body = std::move(body), meta = std::move(meta),
                                     deadline] { return put(key, body, meta, deadline); });
  auto outcome = task->get_future();
  if (!executor_.try_run([task] { (*task)(); })) (*task)();
  return outcome;
}

Result<void> BlobWriter::put(const std::string& key, const std::vector<std::byte>& body, const BlobMeta& meta,
                             Deadline deadline) {
  auto put = blobs_.put(key, body, meta, deadline);
  if (put || put.error().code != ErrorCode::AlreadyExists) return put;
  const auto same = holds(blobs_, key, body, deadline);
  if (!same) return fail(same.error());
  return *same ? Result<void>() : put;
}

}  // namespace tintype
