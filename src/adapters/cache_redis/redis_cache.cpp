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
#include "base/random.h"

namespace tintype {
namespace {

using namespace cache_commands;
using redis::Command;
using redis::Replies;
using redis::Reply;

constexpr std::chrono::milliseconds kOperationTime{20};  // of a round trip that a reader waits for
constexpr std::chrono::milliseconds kPause{50};
// A client tries to connect every 2 s at least (ADR 0022), and tells what it could not tell at once when it has.
constexpr std::chrono::milliseconds kOthersTell{2'500};

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

}  // namespace tintype
