#include "main/doctor/redis_checks.h"

#include <algorithm>
#include <array>

#include "adapters/redis/blocking_connection.h"
#include "base/text.h"
#include "main/doctor/amounts.h"
#include "main/doctor/redis_advice.h"
#include "main/doctor/redis_cache_checks.h"

namespace tintype {
namespace {

using redis::Reply;
using Clock = std::chrono::steady_clock;

constexpr int kRoundTrips = 5;
// A reader waits for Redis for 20 ms at most (redis_cache.cpp); a list takes two round trips to be kept.
constexpr std::chrono::milliseconds kSlowRoundTrip{5};
constexpr std::uint64_t kOldestMajor = 7;

CheckOutcome check_server(const RedisUnderCheck& on, Deadline deadline) {
  const auto connection = on.connect(deadline);
  if (!connection) return on.not_reached(connection.error());
  auto shortest = Clock::duration::max();
  for (int i = 0; i < kRoundTrips; ++i) {
    const auto begin = Clock::now();
    const auto answered = (*connection)->call(std::array{redis::Command{"PING"}}, deadline);
    if (!answered) return on.not_reached(answered.error());
    shortest = std::min(shortest, Clock::now() - begin);
  }
  return judge_round_trip(describe(on.url), shortest);
}

// The text behind `name` in the names and values of HELLO.
std::string value_of(const Reply& hello, std::string_view name) {
  for (std::size_t i = 0; i + 1 < hello.elements.size(); i += 2) {
    if (hello.elements[i].text == name) return hello.elements[i + 1].text;
  }
  return {};
}

// "7.0.15" of "redis_version:7.0.15\r\n"; empty if there is no such line.
std::string line_of(const Reply& info, const std::string& name) {
  const std::string text = '\n' + info.text;
  const std::size_t at = text.find('\n' + name + ':');
  if (info.is_error() || at == std::string::npos) return {};
  const std::size_t begin = at + name.size() + 2;
  return text.substr(begin, text.find_first_of("\r\n", begin) - begin);
}

// HELLO (Redis 6) is open to every user, INFO is not.
CheckOutcome check_version(const RedisUnderCheck& on, Deadline deadline) {
  const auto replies = on.call({{"HELLO"}, {"INFO", "server"}}, deadline);
  if (!replies) return on.not_reached(replies.error());
  const Reply& hello = (*replies)[0];
  if (hello.is_error()) return judge_redis_version("redis", line_of((*replies)[1], "redis_version"));
  const std::string role = value_of(hello, "role");
  if (!role.empty() && role != "master")
    return failed("it is a " + role, "set redis-url to the primary's: nothing can be written here");
  return judge_redis_version(value_of(hello, "server"), value_of(hello, "version"));
}

CheckOutcome check_memory(const RedisUnderCheck& on, Deadline deadline) {
  const auto replies = on.call({{"INFO", "memory"}}, deadline);
  if (!replies) return on.not_reached(replies.error());
  const Reply& info = replies->front();
  const auto used = parse_unsigned(line_of(info, "used_memory"));
  const auto limit = parse_unsigned(line_of(info, "maxmemory"));
  if (!used || !limit) return not_checked("this user may not ask (+info)");
  return judge_redis_memory(*used, *limit, line_of(info, "maxmemory_policy"));
}

CheckOutcome check_public_url(const std::string& public_url) {
  if (!public_url.empty()) return passed(public_url);
  return warned("it is not set, and answers have it in them: replicas do not share what they keep",
                "set public-url, to the same for all replicas");
}

}  // namespace

CheckArea redis_checks(const config::Settings& settings, const redis::RedisUrl& url) {
  const RedisUnderCheck on{settings, url};
  CheckArea area{.name = "redis", .checks = {}};
  area.checks.push_back({.name = "server", .run = [on](Deadline deadline) { return check_server(on, deadline); }});
  area.checks.push_back({.name = "version",
                         .run = [on](Deadline deadline) { return check_version(on, deadline); },
                         .needs = {"redis/server"}});
  area.checks.push_back({.name = "commands",
                         .run = [on](Deadline deadline) { return check_redis_commands(on, deadline); },
                         .needs = {"redis/server"}});
  area.checks.push_back({.name = "invalidation",
                         .run = [on](Deadline deadline) { return check_redis_invalidation(on, deadline); },
                         .needs = {"redis/commands"}});
  area.checks.push_back({.name = "channel",
                         .run = [on](Deadline deadline) { return check_redis_channel(on, deadline); },
                         .needs = {"redis/commands"}});
  area.checks.push_back({.name = "memory",
                         .run = [on](Deadline deadline) { return check_memory(on, deadline); },
                         .needs = {"redis/server"}});
  area.checks.push_back({.name = "public-url",
                         .run = [public_url = settings.public_url](Deadline) { return check_public_url(public_url); }});
  return area;
}

CheckOutcome judge_round_trip(const std::string& server, Clock::duration time) {
  const std::string found = server + ", round trip " + milliseconds_text(time);
  if (time <= kSlowRoundTrip) return passed(found);
  return warned(found,
                "use a Redis that is nearer: a read waits 20 ms for it at most, and asks the store when that is over");
}

CheckOutcome judge_redis_version(const std::string& name, const std::string& version) {
  if (version.empty())
    return warned("it does not tell its version", "see that it is Redis 7.0 or later, or Valkey, without a proxy");
  const auto major = parse_unsigned(version.substr(0, version.find('.')));
  const std::string found = (name.empty() ? "redis" : name) + ' ' + version;
  if (major && *major >= kOldestMajor) return passed(found);
  return failed(found, "use Redis 7.0 or later, or Valkey: the cache is made for, and tested with, these");
}

CheckOutcome judge_redis_memory(std::uint64_t used, std::uint64_t limit, const std::string& policy) {
  if (limit == 0) return passed(bytes_text(used) + " used, maxmemory is not set");
  const std::string found = bytes_text(used) + " of " + bytes_text(limit) + " used, " + policy;
  const bool is_nearly_full = used > limit / 10 * 9;
  if (!is_nearly_full || policy != "noeviction") return passed(found);
  return warned(found,
                "raise maxmemory, or set maxmemory-policy to allkeys-lru: nothing is kept, and no write can tell "
                "the other replicas, once it is full");
}

}  // namespace tintype
