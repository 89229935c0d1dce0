// What RedisCache does on its own thread: telling Redis later what it could not be told, removing what is dead, and
// finishing for writers that are.
#include "adapters/cache_redis/cache_commands.h"
#include "adapters/cache_redis/redis_cache.h"
#include "adapters/redis/invalidation_message.h"

namespace tintype {
namespace {

using namespace cache_commands;
using redis::Command;
using redis::RedisClient;
using redis::Reply;

constexpr std::chrono::milliseconds kTime{200};  // of a round trip: nobody waits
constexpr std::chrono::seconds kLookForDeadWriters{1};
constexpr std::chrono::seconds kCountKeys{10};

}  // namespace

// True if there is more to do at once.
bool RedisCache::look_after() {
  const auto state = client_.state();
  if (state == RedisClient::State::Backoff || state == RedisClient::State::Open) distrust();
  if (!backlog_.empty()) return tell_what_waits();
  if (remove_what_is_dead()) return true;
  if (state == RedisClient::State::Ready && Clock::now() >= next_count_) {
    next_count_ = Clock::now() + kCountKeys;
    count_keys();
  }
  if (state == RedisClient::State::Ready && Clock::now() >= next_look_) {
    next_look_ = Clock::now() + kLookForDeadWriters;
    finish_for_dead_writers();
  }
  return false;
}

// In constant time. A user without the right to it is only without the number.
void RedisCache::count_keys() {
  const auto replies = client_.call({Command{"DBSIZE"}}, Deadline::after(kTime));
  const bool is_known = replies && replies->front().type == Reply::Type::Integer;
  keys_ = is_known ? replies->front().integer : -1;
}

std::optional<double> RedisCache::keys() const {
  const std::int64_t known = keys_;
  return known < 0 ? std::nullopt : std::optional(static_cast<double>(known));
}

bool RedisCache::tell_what_waits() {
  const Backlog::Batch batch = backlog_.take();
  const Deadline deadline = Deadline::after(std::chrono::seconds(10));
  const Strings tags(batch.tags.begin(), batch.tags.end());
  const bool everything = !tags.empty() && tags.front() == redis::kEverything;
  const auto told = everything ? tell_everything(deadline) : tell(tags, {}, deadline);
  if (!told) {
    backlog_.not_told(batch);
    return false;
  }
  backlog_.told(batch);
  log_.info("the cache has caught up", {{"tags", tags.size()}});
  return true;
}

Result<void> RedisCache::tell_everything(Deadline deadline) {
  for (const std::string& pattern : options_.all_patterns) {
    if (auto told = invalidate_matching(pattern, deadline); !told) return told;
  }
  return {};
}

bool RedisCache::remove_what_is_dead() {
  DeadSet set;
  {
    const std::lock_guard lock(mutex_);
    if (dead_sets_.empty()) return false;
    set = dead_sets_.back();
    dead_sets_.pop_back();
  }
  if (remove_some(set)) {
    const std::lock_guard lock(mutex_);
    dead_sets_.push_back(std::move(set));
  }
  return true;
}

// False if that was all, or Redis did not answer: what is left expires by itself. A key that the live set lists has
// been filled again, or is being.
bool RedisCache::remove_some(const DeadSet& set) {
  const auto members = client_.call({{"ZRANGE", set.name, "0", std::to_string(kBatch - 1)}}, Deadline::after(kTime));
  if (!members || members->front().elements.empty()) return false;
  const std::vector<Reply>& keys = members->front().elements;
  Command look = {"ZMSCORE", set.live};
  Command forget = {"ZREM", set.name};
  for (const Reply& key : keys) {
    look.push_back(key.text);
    forget.push_back(key.text);
  }
  const auto listed = client_.call({std::move(look)}, Deadline::after(kTime));
  if (!listed || listed->front().elements.size() != keys.size()) return false;
  std::vector<Command> commands = {std::move(forget)};
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (listed->front().elements[i].type == Reply::Type::Nil) commands.push_back(cache_commands::unlink(keys[i].text));
  }
  removed_ += commands.size() - 1;
  return client_.call(std::move(commands), Deadline::after(kTime)).has_value();
}

// A writer that has announced itself and is silent for too long may have written, and told nobody.
void RedisCache::finish_for_dead_writers() {
  const auto replies = client_.call(
      {{"ZRANGEBYSCORE", std::string(kWriters), "-inf", std::to_string(unix_milliseconds()), "LIMIT", "0", "100"}},
      Deadline::after(kTime));
  if (!replies) return;
  for (const Reply& writer : replies->front().elements) {
    const std::size_t space = writer.text.find(' ');
    if (space == std::string::npos) continue;
    const Strings tags = {writer.text.substr(space + 1)};
    if (!tell(tags, writer.text.substr(0, space), Deadline::after(std::chrono::seconds(10)))) return;
    log_.warn("a writer has ended before it could tell the cache; it has been told now", {{"tag", tags.front()}});
  }
}

}  // namespace tintype
