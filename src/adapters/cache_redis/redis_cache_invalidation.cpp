// How RedisCache makes wrong what is wrong; redis_cache.cpp says why that is enough.
#include <algorithm>
#include <utility>

#include "adapters/cache_redis/cache_commands.h"
#include "adapters/cache_redis/redis_cache.h"
#include "adapters/redis/invalidation_message.h"
#include "base/random.h"

namespace tintype {
namespace {

using namespace cache_commands;
using redis::Command;
using redis::Reply;

constexpr std::chrono::milliseconds kAnnounceTime{20};
constexpr std::chrono::milliseconds kInvalidationTime{100};  // of a round trip that a writer waits for
// A subscription that hears nothing is given up after a second (main/cache_composition.cpp), and a little for the
// pause.
constexpr std::chrono::milliseconds kOthersNotice{1'500};
constexpr int kScanCount = 1000;  // keys that Redis looks at in one step

std::string joined(std::span<const std::string> texts) {
  std::string all;
  for (const std::string& text : texts) {
    if (!all.empty()) all += ' ';
    all += text;
  }
  return all;
}

}  // namespace

std::string RedisCache::announce(std::span<const std::string> tags, Deadline deadline) {
  std::string nonce = random_hex(kNonceBytes);
  const std::string due = std::to_string(unix_milliseconds() + options_.writer_time.count());
  Command add = {"ZADD", std::string(kWriters)};
  for (const std::string& tag : tags) {
    add.push_back(due);
    add.push_back(nonce + ' ' + tag);
  }
  const auto added = call({std::move(add)}, deadline.earlier_of(Deadline::after(kAnnounceTime)));
  return added ? nonce : std::string();
}

Result<void> RedisCache::invalidate(std::span<const std::string> tags, const std::string& announced,
                                    Deadline deadline) {
  invalidations_ += tags.size();
  auto told = tell(tags, announced, deadline);
  if (told) return told;
  if (backlog_.empty())
    log_.warn("a write could not be told to redis, which is not read until it has been",
              {{"error", to_string(told.error())}});
  // From here on nothing is read from Redis by this process until Redis has been told. The others know nothing of it:
  // the answer waits until they have been told, or have noticed for themselves that they cannot rely on Redis.
  const std::uint64_t entry = backlog_.add(tags);
  return backlog_.wait_until_told(entry, kOthersNotice, deadline) ? Result<void>() : told;
}

Result<void> RedisCache::tell(std::span<const std::string> tags, const std::string& announced, Deadline deadline) {
  auto told = options_.strategy == Strategy::Tags ? tell_by_tags(tags, deadline) : tell_by_scan(tags, deadline);
  if (!told) return told;
  Command forget = {"ZREM", std::string(kWriters)};
  for (const std::string& tag : tags) forget.push_back(announced + ' ' + tag);
  // A round trip in any case, as above.
  const auto done = call({announced.empty() ? Command{"PING"} : std::move(forget)},
                         deadline.earlier_of(Deadline::after(kInvalidationTime)));
  return done ? Result<void>() : fail(done.error());
}

// Whether the tag stands for the key of this name alone (CacheKey), which needs no set.
bool RedisCache::is_key(const std::string& tag) const {
  return options_.pattern_of_tag(tag) == tag;
}

Result<void> RedisCache::tell_by_tags(std::span<const std::string> tags, Deadline deadline) {
  const std::string nonce = random_hex(kNonceBytes);
  std::vector<Command> commands;
  for (const std::string& tag : tags) {
    if (is_key(tag)) {
      commands.push_back(cache_commands::unlink(tag));
    } else {
      commands.push_back({"RENAME", set_of_tag(tag), dead_set_of_tag(tag, nonce)});
    }
  }
  if (!options_.channel.empty()) commands.push_back({"PUBLISH", options_.channel, joined(tags)});
  const auto replies = call(std::move(commands), deadline.earlier_of(Deadline::after(kInvalidationTime)));
  if (!replies) return fail(replies.error());
  if (auto failed = errors_in(*replies); !failed) return failed;
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < tags.size(); ++i) {
    const bool was_there = !(*replies)[i].is_error();
    if (was_there && !is_key(tags[i])) dead_sets_.push_back({set_of_tag(tags[i]), dead_set_of_tag(tags[i], nonce)});
  }
  return {};
}

Result<void> RedisCache::tell_by_scan(std::span<const std::string> tags, Deadline deadline) {
  for (const std::string& tag : tags) {
    if (auto done = remove_matching(options_.pattern_of_tag(tag), deadline); !done) return done;
  }
  return publish(joined(tags), deadline);
}

Result<void> RedisCache::publish(const std::string& message, Deadline deadline) {
  if (options_.channel.empty()) return {};
  const auto told =
      call({{"PUBLISH", options_.channel, message}}, deadline.earlier_of(Deadline::after(kInvalidationTime)));
  return told ? errors_in(*told) : fail(told.error());
}

Result<void> RedisCache::invalidate_matching(const std::string& pattern, Deadline deadline) {
  if (auto removed = remove_matching(pattern, deadline); !removed) return removed;
  if (auto told = publish(std::string(redis::kEverything), deadline); !told) return told;
  const auto heard = call({{"PING"}}, deadline.earlier_of(Deadline::after(kInvalidationTime)));
  return heard ? Result<void>() : fail(heard.error());
}

// A key that is there for the whole of a scan is found by it (redis.io/commands/scan), and a lease that is taken later
// is of a fill that loads later.
Result<void> RedisCache::remove_matching(const std::string& pattern, Deadline deadline) {
  if (pattern.find_first_of("*?[\\") == std::string::npos) return unlink({pattern}, deadline);
  std::string cursor = "0";
  do {
    const auto replies = call({{"SCAN", cursor, "MATCH", pattern, "COUNT", std::to_string(kScanCount)}},
                              deadline.earlier_of(Deadline::after(kInvalidationTime)));
    if (!replies) return fail(replies.error());
    const Reply& page = replies->front();
    if (page.elements.size() != 2) return errors_in(*replies);
    cursor = page.elements[0].text;
    Strings keys;
    for (const Reply& key : page.elements[1].elements) keys.push_back(key.text);
    if (auto removed = unlink(keys, deadline); !removed) return removed;
  } while (cursor != "0");
  return {};
}

// One command per key, since keys of one command must share a slot of a cluster.
Result<void> RedisCache::unlink(const Strings& keys, Deadline deadline) {
  for (std::size_t begin = 0; begin < keys.size(); begin += kBatch) {
    std::vector<Command> commands;
    for (std::size_t i = begin; i < std::min(begin + kBatch, keys.size()); ++i)
      commands.push_back(cache_commands::unlink(keys[i]));
    removed_ += commands.size();
    const auto replies = call(std::move(commands), deadline.earlier_of(Deadline::after(kInvalidationTime)));
    if (!replies) return fail(replies.error());
    if (auto failed = errors_in(*replies); !failed) return failed;
  }
  return {};
}

RedisCache::Counts RedisCache::counts() const {
  return {.invalidations = invalidations_, .removed = removed_, .waiting = backlog_.size()};
}

}  // namespace tintype
