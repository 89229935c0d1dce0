#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>

#include "adapters/cache_redis/backlog.h"
#include "adapters/redis/redis_client.h"
#include "base/log.h"
#include "base/periodic_task.h"
#include "ports/cache.h"

namespace tintype {

// A Cache in Redis 7 or Valkey, shared by all replicas.
//
// A key holds a value, or the lease of whoever is loading it; each step that must be atomic touches one key, so that it
// works on a cluster. With the strategy Tags a value is valid only while the sorted set of each of its tags lists it,
// and invalidating takes the set away, however many it lists; what it listed is removed afterwards. With Scan the keys
// are looked for. redis_cache.cpp and docs/decisions/0023 say why this is never stale.
//
// Thread safety and blocking: as the port says. Nothing is waited for longer than kOperationTime at a time; while Redis
// is away, every call returns at once.
class RedisCache final : public Cache {
 public:
  enum class Strategy { Tags, Scan };
  struct Options {
    Strategy strategy = Strategy::Tags;
    // What a key's text looks like that has this tag, as a pattern; the tag itself, if it stands for the key of this
    // name alone.
    std::function<std::string(std::string_view tag)> pattern_of_tag;
    // Match all keys between them.
    std::vector<std::string> all_patterns;
    // Where other processes are told of what is invalid (adapters/redis/invalidation_message.h); empty: nowhere.
    std::string channel = {};
    // How long after announce() a writer is taken for dead.
    std::chrono::milliseconds writer_time{60'000};
  };

  RedisCache(redis::RedisClient& client, Options options, const Logger& log);

  CachedBytes get_at_once(const CacheKey&) override { return nullptr; }
  bool get_soon(const CacheKey& key, Deadline deadline, std::function<void(CachedBytes)> done) override;
  CachedBytes get(const CacheKey& key, Deadline deadline) override;
  std::vector<CachedBytes> get_many(std::span<const CacheKey> keys, Deadline deadline) override;
  CacheFill begin_fill(const CacheKey& key, Deadline deadline) override;
  bool put(const CacheFill& fill, CachedBytes bytes, std::chrono::milliseconds ttl, Deadline deadline) override;
  std::string announce(std::span<const std::string> tags, Deadline deadline) override;
  Result<void> invalidate(std::span<const std::string> tags, const std::string& announced, Deadline deadline) override;
  Result<void> invalidate_matching(const std::string& pattern, Deadline deadline) override;

  // Whether Redis is there, was so long enough, and has been told of everything: what others tell by way of it can be
  // relied upon.
  bool is_well() const { return may_read() && client_.state() == redis::RedisClient::State::Ready; }

  struct Counts {
    std::uint64_t invalidations = 0;  // tags
    std::uint64_t removed = 0;        // keys
    std::size_t waiting = 0;          // tags that Redis could not be told of yet
  };
  Counts counts() const;
  // Keys in the database, others' included, as they were some seconds ago; nullopt if Redis does not say.
  std::optional<double> keys() const;

 private:
  using Strings = std::vector<std::string>;
  using Clock = std::chrono::steady_clock;
  struct DeadSet {
    std::string live;  // the set of the same tag now
    std::string name;  // whose members are to be removed
  };
  void add_lookup(std::vector<redis::Command>& commands, const CacheKey& key) const;
  CachedBytes found(std::span<redis::Reply>& replies, const CacheKey& key) const;
  Result<void> tell(std::span<const std::string> tags, const std::string& announced, Deadline deadline);
  bool is_key(const std::string& tag) const;
  Result<void> tell_by_tags(std::span<const std::string> tags, Deadline deadline);
  Result<void> tell_by_scan(std::span<const std::string> tags, Deadline deadline);
  Result<void> tell_everything(Deadline deadline);
  Result<void> publish(const std::string& message, Deadline deadline);
  Result<void> remove_matching(const std::string& pattern, Deadline deadline);
  Result<void> unlink(const Strings& keys, Deadline deadline);
  redis::Replies call(std::vector<redis::Command> commands, Deadline deadline);
  bool may_read() const;
  void distrust();

  bool look_after();
  bool tell_what_waits();
  bool remove_what_is_dead();
  bool remove_some(const DeadSet& set);
  void finish_for_dead_writers();
  void count_keys();

  redis::RedisClient& client_;
  const Options options_;
  const Logger& log_;
  Backlog backlog_;
  std::atomic<Clock::duration> trusted_from_{Clock::duration::zero()};  // since the clock's epoch
  std::atomic<std::uint64_t> invalidations_{0};
  std::atomic<std::uint64_t> removed_{0};
  std::atomic<std::int64_t> keys_{-1};  // -1: not known
  mutable std::mutex mutex_;
  std::vector<DeadSet> dead_sets_;  // guarded by mutex_
  Clock::time_point next_look_;     // for dead writers; of the task's thread, as is the next
  Clock::time_point next_count_;
  PeriodicTask task_;  // last, as is its thread
};

}  // namespace tintype
