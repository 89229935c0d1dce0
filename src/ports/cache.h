// A Cache keeps byte strings under keys for a while, so that what has been loaded need not be loaded again. It is never
// the truth: whatever goes wrong in it is a miss, and callers go on without it.
//
// What it promises is that it is never stale. A value may be kept only if it was loaded after begin_fill(), and a fill
// that began before an invalidation of one of its tags had ended leaves nothing that a later get() finds, however the
// two interleave and in whichever process each of them runs. See docs/decisions/0023.
//
// Thread safety: all methods may be called concurrently.
// Blocking: every method may wait for its engine until `deadline`, but for a few milliseconds only: an engine that is
// slower than that is as good as gone. get_at_once never waits, and may be called on an I/O thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/deadline.h"
#include "base/result.h"

namespace tintype {

// Where a value is kept, and what makes it wrong.
struct CacheKey {
  std::string text;                              // 1 to 500 bytes
  std::vector<std::string> tags;                 // at most 8. One that is the key's own text stands for this key alone
  std::chrono::milliseconds longest{3'600'000};  // that it is kept
};

// Shared with everybody who is reading it; never changed.
using CachedBytes = std::shared_ptr<const std::string>;

// The right to keep a value that is loaded from now on. Opaque to callers; one that is dropped is forgotten by itself.
struct CacheFill {
  CacheKey key;
  std::vector<std::uint64_t> seen;  // what the adapter saw of the tags
  std::string lease;                // what the adapter left in the key's place; empty: nothing may be kept there
};

class Cache {
 public:
  virtual ~Cache() = default;

  // nullptr: not here, or not known without waiting.
  virtual CachedBytes get_at_once(const CacheKey& key) = 0;

  // The same without a thread that waits: true if it has begun, and `done` is, or will be, called once, on any thread.
  // `done` must not block. False: there is nowhere to look but where get_at_once does.
  virtual bool get_soon(const CacheKey& key, Deadline deadline, std::function<void(CachedBytes)> done) = 0;

  // nullptr: not here.
  virtual CachedBytes get(const CacheKey& key, Deadline deadline) = 0;
  // One for each of `keys`, in their order.
  virtual std::vector<CachedBytes> get_many(std::span<const CacheKey> keys, Deadline deadline) = 0;

  // To be called before the value is loaded from where the truth is.
  virtual CacheFill begin_fill(const CacheKey& key, Deadline deadline) = 0;
  // Keeps the value for `ttl`, which is no more than key.longest, or shorter; a level in front of another may keep it
  // for 5 s more. False: not kept, mostly because one of its tags was invalidated meanwhile, or another fill of this
  // key has begun.
  virtual bool put(const CacheFill& fill, CachedBytes bytes, std::chrono::milliseconds ttl, Deadline deadline) = 0;

  // Values with one of `tags` are about to become wrong: whoever calls this calls invalidate() with the same tags when
  // they have, or may have. If the process ends in between, the cache sees to it later by itself, where it outlives the
  // process. Returns what invalidate() wants to know. Never fails; without an engine it does nothing.
  virtual std::string announce(std::span<const std::string> tags, Deadline deadline) = 0;

  // When this has returned, no get() that begins later, in any process, gives a value with one of `tags` whose fill
  // began earlier. StoreUnavailable or DeadlineExceeded: the engine could not be told. Then the same is true in this
  // process, and the engine is told as soon as it answers again, before anything is read from it by this process.
  virtual Result<void> invalidate(std::span<const std::string> tags, const std::string& announced,
                                  Deadline deadline) = 0;

  // The same for all keys that `pattern` matches: `*` any bytes, `?` one, `[a-c]` one of these, `\` makes the next
  // one ordinary. Costs a look at every key.
  virtual Result<void> invalidate_matching(const std::string& pattern, Deadline deadline) = 0;
};

}  // namespace tintype
