// A BlobStore keeps immutable byte strings under opaque keys. It knows nothing about images or owners.
//
// Thread safety: all methods may be called concurrently, also for one key.
// Blocking: every method with a deadline may block until then, and then returns DeadlineExceeded. Call those from a
// service thread, never from an I/O thread.
// Durability: what put or remove has answered with success is so after power loss, too.
// Errors: StoreUnavailable (refused, broken, full; the operation may be tried again) and DeadlineExceeded everywhere;
// NotFound where said.
// Keys: 1 to 1024 bytes of [A-Za-z0-9._/-], no empty, "." or ".." component, no component over 255 bytes. Anything else
// is ValidationFailed.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/byte_source.h"
#include "base/deadline.h"
#include "base/result.h"
#include "base/time_format.h"

namespace tintype {

// Kept with a blob and given back with it.
struct BlobMeta {
  std::string content_type = "application/octet-stream";
  std::string cache_control = {};
  std::map<std::string, std::string> user = {};  // names in [a-z0-9-], all together at most 2 KiB (S3's limit)

  friend bool operator==(const BlobMeta&, const BlobMeta&) = default;
};

struct OpenBlob {
  BlobMeta meta;
  std::unique_ptr<ByteSource> bytes;
};

struct BlobEntry {
  std::string key;
  std::uint64_t size = 0;
  UnixTime modified;
};

// What may be done with a URL: a signature is for one method (RFC 9110 section 9.3).
enum class UrlUse { Get, Head };

// A URL by which whoever has it gets a blob from the store itself, without credentials and without us.
struct BlobUrl {
  std::string text;
  std::chrono::seconds lifetime{};  // it works for at least this long from now on
};

// Far longer than any put takes: what a put has not written to since then is nobody's.
inline constexpr std::chrono::hours kAbandonedAfter{1};

class BlobStore {
 public:
  virtual ~BlobStore() = default;

  // Stores the whole of `body` under `key`, which must be new: bytes under a key never change. Readers see all of it or
  // nothing: a failed or interrupted put leaves no visible blob of it, but StoreUnavailable and DeadlineExceeded may
  // mean that the whole blob is there. Nothing becomes visible after the deadline. AlreadyExists if there is a blob
  // under the key: it stays as it is, and is durable. Of concurrent puts of one key one succeeds.
  virtual Result<void> put(std::string_view key, std::span<const std::byte> body, const BlobMeta& meta,
                           Deadline deadline) = 0;

  // Opens the blob for reading. NotFound if there is none. The bytes stay readable and unchanged after a later remove
  // of the key; they must not outlive the store.
  virtual Result<OpenBlob> open(std::string_view key, Deadline deadline) = 0;

  // For I/O threads: what open gives, if the store can tell without waiting for anything but what reading the bytes
  // would wait for as well. nullopt says nothing about the blob, also if the key is not valid: open then has the
  // answer.
  virtual std::optional<OpenBlob> open_at_once(std::string_view /*key*/) { return std::nullopt; }

  // What list would say of this key, without opening it. NotFound if there is none.
  virtual Result<BlobEntry> stat(std::string_view key, Deadline deadline) = 0;

  // A URL of the blob, for `use` alone, that works for `lifetime` (1 s to 7 days), or for less if the store cannot
  // promise as much. What it delivers has the meta in its header fields. nullopt if this store has no URLs, whatever
  // the key. Whether there is such a blob is not asked: the URL of a missing one gives whoever uses it an error.
  virtual Result<std::optional<BlobUrl>> url(std::string_view key, UrlUse use, std::chrono::seconds lifetime,
                                             Deadline deadline) = 0;

  // Removing a missing key is success: removals are retried.
  virtual Result<void> remove(std::string_view key, Deadline deadline) = 0;

  // The same for each of `keys`, in no particular order, with as few calls as the store allows. After an error, also
  // of one key, any of them may be gone: the same call again goes on with the rest.
  virtual Result<void> remove_all(std::span<const std::string> keys, Deadline deadline) = 0;

  // Calls `visit` for every blob whose key starts with `prefix`, in no particular order, in constant memory, until
  // `visit` returns false. A blob put or removed meanwhile may or may not be seen; every other is seen exactly once.
  virtual Result<void> list(std::string_view prefix, const std::function<bool(const BlobEntry&)>& visit,
                            Deadline deadline) = 0;

  // Removes what puts that were cut off have left in places that list does not show (temporary files, multipart
  // uploads) and that has not been written to since `before`; returns how much that was. A put may be under way
  // elsewhere: `before` must be longer ago than any put can take (kAbandonedAfter).
  virtual Result<int> remove_unfinished(UnixTime before, Deadline deadline) = 0;

  // Cheap: whether the store answers. Never writes.
  virtual Result<void> check(Deadline deadline) = 0;
};

// What `Keys` above allows; adapters call it first.
bool is_valid_blob_key(std::string_view key);

// remove_all for a store that has nothing better: one after the other, up to the first error.
Result<void> remove_each(BlobStore& store, std::span<const std::string> keys, Deadline deadline);

}  // namespace tintype
