#include <chrono>

#include "adapters/cache_redis/cache_commands.h"
#include "base/random.h"
#include "main/cache_composition.h"
#include "main/doctor/redis_cache_checks.h"

namespace tintype {
namespace {

using redis::Command;

constexpr std::size_t kNonceBytes = 8;
constexpr std::chrono::milliseconds kLifetime = DoctorCacheKeys::kLifetime;

// Each command that redis_cache.cpp sends, and those of its scripts. What one has made, a later one removes, in more
// than one way in case one of these is refused.
std::vector<Command> commands_of_the_cache(const RedisCache::Options& options) {
  namespace cache = cache_commands;
  const DoctorCacheKeys own;
  const std::string key = own.list.text;
  const std::string& tag = own.list.tags.front();
  const std::string set = cache::set_of_tag(tag);
  const std::string dead = cache::dead_set_of_tag(tag, random_hex(kNonceBytes));
  const std::string lease = cache::kLease + random_hex(kNonceBytes);
  const std::string soon = std::to_string(cache::unix_milliseconds() + kLifetime.count());
  std::vector<Command> commands = {cache::take_lease(key, lease),
                                   cache::get(key),
                                   {"ZADD", set, "1", key},
                                   {"PEXPIREAT", set, soon},
                                   cache::score(tag, key),
                                   {"ZMSCORE", set, key},
                                   {"ZRANGE", set, "0", "-1"},
                                   {"ZRANGEBYSCORE", set, "-inf", "1", "LIMIT", "0", "1"},
                                   {"ZREM", set, key},
                                   {"TIME"},
                                   cache::list(tag, key, std::chrono::milliseconds(0)),
                                   cache::fill(key, lease, "", kLifetime),
                                   {"RENAME", set, dead},
                                   cache::get(own.image.text),
                                   cache::unlink(key),
                                   cache::unlink(set),
                                   cache::unlink(dead),
                                   {"ZREM", std::string(cache::kWriters), "nobody"},
                                   {"PUBLISH", options.channel, tag}};
  if (options.strategy == RedisCache::Strategy::Scan) commands.push_back({"SCAN", "0", "MATCH", key, "COUNT", "1"});
  return commands;
}

}  // namespace

CheckOutcome check_redis_commands(const RedisUnderCheck& on, Deadline deadline) {
  const auto commands = commands_of_the_cache(redis_cache_options(on.settings, on.url));
  const auto replies = on.call(commands, deadline);
  if (!replies) return on.not_reached(replies.error());
  const auto refusals = refusals_in(commands, *replies);
  return refusals.empty() ? passed("all that the cache uses") : refused(refusals);
}

}  // namespace tintype
