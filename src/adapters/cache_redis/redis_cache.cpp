// DESIGN
// Why no get gives what an invalidation has made wrong:
//   A value gets into a key only in place of the lease of the fill that loaded it (one script on one key). invalidate()
//   removes the key `image:…` itself, and with it the value or the lease.
//   A key with another tag, a page of a list, is listed in the tag's set after its lease was taken and before its value
//   is loaded. The score that it gets there is kept with the value, which counts only while the set lists its key with
//   this very score. invalidate() renames the set: at that moment all that it listed is invalid, a lease included,
//   whose fill then puts a value with a score that no set has. A fill that is listed in the new set loads after that,
//   so after the write; and it makes nobody else's value valid, since its score is its own. Whatever loses a set
//   (eviction, a restart) makes its values invalid, and so does whatever stops halfway.
// Reading a page takes two commands in one round trip for it. Rejected: sets that are only an index of what to delete
// (one that is evicted, or emptied by a writer that dies, leaves values that nobody can find), and scripts over several
// keys (they are refused by a cluster).
// Other processes are told on a channel, in the same pipeline. The round trip after it is what lets the writer's answer
// out: by then Redis has written the message to every subscriber's socket.
#include "adapters/cache_redis/redis_cache.h"

#include <algorithm>
#include <utility>

#include "adapters/cache_redis/cache_commands.h"
#include "adapters/redis/invalidation_message.h"
#include "base/random.h"

namespace tintype {
namespace {

using namespace cache_commands;
using redis::Command;
using redis::Replies;
using redis::Reply;

constexpr std::chrono::milliseconds kOperationTime{20};      // of a round trip that a reader waits for
constexpr std::chrono::milliseconds kInvalidationTime{100};  // of one that a writer waits for
constexpr std::chrono::milliseconds kPause{50};
// A subscription that hears nothing is given up after a second (main/cache_composition.cpp), and a little for the
// pause.
constexpr std::chrono::milliseconds kOthersNotice{1'500};
// A client tries to connect every 2 s at least (ADR 0022), and tells what it could not tell at once when it has.
constexpr std::chrono::milliseconds kOthersTell{2'500};
constexpr std::size_t kBatch = 200;  // keys that are removed in one pipeline: well below a millisecond of Redis
constexpr int kScanCount = 1000;     // keys that Redis looks at in one step
constexpr std::size_t kNonceBytes = 12;

// Tags that need a set: all but the one that is the key itself.
std::vector<std::string> set_tags(const CacheKey& key) {
  std::vector<std::string> tags;
  for (const std::string& tag : key.tags) {
    if (tag != key.text) tags.push_back(tag);
  }
  return tags;
}

// The value, if its scores are these.
CachedBytes value_of(Reply& reply, const std::string& scores) {
  std::string& text = reply.text;
  const std::size_t header = 1 + scores.size();
  const bool is_ours = reply.type == Reply::Type::Text && text.size() > header && text[0] == kValue &&
                       text.compare(1, scores.size(), scores) == 0 && text[header] == ' ';
  if (!is_ours) return nullptr;
  text.erase(0, header + 1);
  return std::make_shared<const std::string>(std::move(text));
}

// CacheFill::lease: what the key holds, and behind the bar the scores.
constexpr char kBar = '|';

std::string scores_of(std::span<const Reply> listed) {
  std::string scores;
  for (const Reply& score : listed) scores += (scores.empty() ? "" : ",") + score.text;
  return scores;
}

std::int64_t unix_milliseconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

std::string joined(std::span<const std::string> texts) {
  std::string all;
  for (const std::string& text : texts) {
    if (!all.empty()) all += ' ';
    all += text;
  }
  return all;
}

// The first reply that is an error, but for a set that is not there to be renamed.
Result<void> errors_in(const std::vector<Reply>& replies) {
  for (const Reply& reply : replies) {
    if (reply.is_error() && !reply.text.starts_with("ERR no such key"))
      return fail(ErrorCode::StoreUnavailable, "the cache is not available", "Redis: " + reply.text);
  }
  return {};
}

}  // namespace

RedisCache::RedisCache(redis::RedisClient& client, Options options, const Logger& log)
    : client_(client),
      options_(std::move(options)),
      log_(log),
      task_("redis-cache", kPause, [this](const std::stop_token&) { return look_after(); }) {}

Replies RedisCache::call(std::vector<Command> commands, Deadline deadline) {
  auto replies = client_.call(commands, deadline);
  if (!replies && replies.error().code == ErrorCode::StoreUnavailable) distrust();
  return replies;
}

bool RedisCache::may_read() const {
  return backlog_.empty() && Clock::now().time_since_epoch() >= trusted_from_.load();
}

// Others may have written, and answered, without being able to tell Redis. They do so within this time.
void RedisCache::distrust() {
  trusted_from_ = (Clock::now() + kOthersTell).time_since_epoch();
}

// Whether its sets list the key, and then what it holds.
void RedisCache::add_lookup(std::vector<Command>& commands, const CacheKey& key) const {
  if (options_.strategy == Strategy::Tags) {
    for (const std::string& tag : set_tags(key)) commands.push_back(score(tag, key.text));
  }
  commands.push_back(cache_commands::get(key.text));
}

// Takes from the front of `replies` those to one lookup.
CachedBytes RedisCache::found(std::span<Reply>& replies, const CacheKey& key) const {
  const std::size_t sets = options_.strategy == Strategy::Tags ? set_tags(key).size() : 0;
  if (replies.size() < sets + 1) return nullptr;
  const std::string scores = scores_of(replies.first(sets));
  Reply& value = replies[sets];
  replies = replies.subspan(sets + 1);
  return value_of(value, scores);
}

bool RedisCache::get_soon(const CacheKey& key, Deadline deadline, std::function<void(CachedBytes)> done) {
  if (!may_read()) return false;
  std::vector<Command> commands;
  add_lookup(commands, key);
  client_.start(std::move(commands), deadline.earlier_of(Deadline::after(kOperationTime)),
                [this, key, done = std::move(done)](Replies replies) {
                  if (!replies && replies.error().code == ErrorCode::StoreUnavailable) distrust();
                  if (!replies || !may_read()) return done(nullptr);
                  std::span<Reply> all = *replies;
                  done(found(all, key));
                });
  return true;
}

CachedBytes RedisCache::get(const CacheKey& key, Deadline deadline) {
  return std::move(get_many(std::span(&key, 1), deadline).front());
}

std::vector<CachedBytes> RedisCache::get_many(std::span<const CacheKey> keys, Deadline deadline) {
  std::vector<CachedBytes> values(keys.size());
  if (!may_read()) return values;
  std::vector<Command> commands;
  for (const CacheKey& key : keys) add_lookup(commands, key);
  auto replies = call(std::move(commands), deadline.earlier_of(Deadline::after(kOperationTime)));
  if (!replies) return values;
  std::span<Reply> all = *replies;
  for (std::size_t i = 0; i < keys.size(); ++i) values[i] = found(all, keys[i]);
  return values;
}

CacheFill RedisCache::begin_fill(const CacheKey& key, Deadline deadline) {
  CacheFill fill{.key = key, .seen = {}, .lease = {}};
  if (!may_read()) return fill;
  const auto time = deadline.earlier_of(Deadline::after(kOperationTime));
  const std::string lease = kLease + random_hex(kNonceBytes);
  const auto tags = set_tags(key);
  const bool is_listed = options_.strategy == Strategy::Tags && !tags.empty();
  const auto taken = call({take_lease(key.text, lease)}, time);
  if (!taken || !errors_in(*taken)) return fill;
  std::string scores;
  if (is_listed) {
    std::vector<Command> lists;
    for (const std::string& tag : tags) lists.push_back(list(tag, key.text, key.longest));
    const auto listed = call(std::move(lists), time);
    if (!listed || !errors_in(*listed)) return fill;
    scores = scores_of(*listed);
  }
  fill.lease = lease + kBar + scores;
  return fill;
}

bool RedisCache::put(const CacheFill& fill, CachedBytes bytes, std::chrono::milliseconds ttl, Deadline deadline) {
  const std::size_t bar = fill.lease.find(kBar);
  if (bar == std::string::npos || !may_read()) return false;
  const std::string value = kValue + fill.lease.substr(bar + 1) + ' ' + *bytes;
  const auto replies = call({cache_commands::fill(fill.key.text, fill.lease.substr(0, bar), value, ttl)},
                            deadline.earlier_of(Deadline::after(kOperationTime)));
  return replies && replies->front().integer == 1;
}

std::string RedisCache::announce(std::span<const std::string> tags, Deadline deadline) {
  std::string nonce = random_hex(kNonceBytes);
  const std::string due = std::to_string(unix_milliseconds() + options_.writer_time.count());
  Command add = {"ZADD", std::string(kWriters)};
  for (const std::string& tag : tags) {
    add.push_back(due);
    add.push_back(nonce + ' ' + tag);
  }
  const auto added = call({std::move(add)}, deadline.earlier_of(Deadline::after(kOperationTime)));
  return added ? nonce : std::string();
}

Result<void> RedisCache::invalidate(std::span<const std::string> tags, const std::string& announced,
                                    Deadline deadline) {
  invalidations_ += tags.size();
  auto told = tell(tags, announced, deadline);
  if (told) return told;
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

Result<void> RedisCache::tell_by_tags(std::span<const std::string> tags, Deadline deadline) {
  const std::string nonce = random_hex(kNonceBytes);
  std::vector<Command> commands;
  for (const std::string& tag : tags) {
    commands.push_back(cache_commands::unlink(tag));
    commands.push_back({"RENAME", set_of_tag(tag), dead_set_of_tag(tag, nonce)});
  }
  if (!options_.channel.empty()) commands.push_back({"PUBLISH", options_.channel, joined(tags)});
  const auto replies = call(std::move(commands), deadline.earlier_of(Deadline::after(kInvalidationTime)));
  if (!replies) return fail(replies.error());
  if (auto failed = errors_in(*replies); !failed) return failed;
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < tags.size(); ++i) {
    const bool was_there = !(*replies)[2 * i + 1].is_error();
    if (was_there) dead_sets_.push_back({set_of_tag(tags[i]), dead_set_of_tag(tags[i], nonce)});
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
