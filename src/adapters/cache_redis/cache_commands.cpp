#include "adapters/cache_redis/cache_commands.h"

namespace tintype::cache_commands {
namespace {

constexpr int kPrunedAtOnce = 32;

// Each touches the one key that it is given (Redis Cluster specification, "Keys hash tags").
constexpr std::string_view kFillScript =
    "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end "
    "redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) "
    "return 1";

// A script takes longer than a microsecond, so that no two begin in the same one; doubles are exact up to 2^53, which
// is the year 2255.
constexpr std::string_view kListScript =
    "local time = redis.call('TIME') "
    "local now = time[1] * 1000000 + time[2] "
    "local score = now + ARGV[2] * 1000 "
    "local old = redis.call('ZSCORE', KEYS[1], ARGV[1]) "
    "if old and tonumber(old) >= score then score = old + 1 end "
    "local text = string.format('%.0f', score) "
    "redis.call('ZADD', KEYS[1], text, ARGV[1]) "
    "local dead = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now), 'LIMIT', 0, ARGV[3]) "
    "if #dead > 0 then redis.call('ZREM', KEYS[1], unpack(dead)) end "
    "local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES') "
    "redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', math.ceil(last[2] / 1000))) "
    "return text";

}  // namespace

std::string set_of_tag(std::string_view tag) {
  return "tag:{" + std::string(tag) + "}";
}

std::string dead_set_of_tag(std::string_view tag, std::string_view nonce) {
  return set_of_tag(tag) + ":dead:" + std::string(nonce);
}

redis::Command get(const std::string& key) {
  return {"GET", key};
}

redis::Command score(const std::string& tag, const std::string& key) {
  return {"ZSCORE", set_of_tag(tag), key};
}

redis::Command take_lease(const std::string& key, const std::string& lease) {
  return {"SET", key, lease, "PX", std::to_string(kLeaseTime.count())};
}

redis::Command list(const std::string& tag, const std::string& key, std::chrono::milliseconds longest) {
  return {"EVAL",
          std::string(kListScript),
          "1",
          set_of_tag(tag),
          key,
          std::to_string((longest + kLeaseTime).count()),
          std::to_string(kPrunedAtOnce)};
}

redis::Command fill(const std::string& key, const std::string& lease, const std::string& value,
                    std::chrono::milliseconds ttl) {
  return {"EVAL", std::string(kFillScript), "1", key, lease, value, std::to_string(ttl.count())};
}

redis::Command unlink(const std::string& key) {
  return {"UNLINK", key};
}

std::int64_t unix_milliseconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

Result<void> errors_in(const std::vector<redis::Reply>& replies) {
  for (const redis::Reply& reply : replies) {
    if (reply.is_error() && !reply.text.starts_with("ERR no such key"))
      return fail(ErrorCode::StoreUnavailable, "the cache is not available", "Redis: " + reply.text);
  }
  return {};
}

}  // namespace tintype::cache_commands
