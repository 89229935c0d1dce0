#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "adapters/redis/redis_url.h"
#include "config/settings.h"
#include "service/diagnosis.h"

namespace tintype {

// The area "redis": whether it can be reached, is new enough, lets the cache do what it does, and keeps what it is
// given. Each check has a connection of its own. Keys of a check are of no picture and no user; they are removed at its
// end, and expire if it does not get there.
CheckArea redis_checks(const config::Settings& settings, const redis::RedisUrl& url);

// The shortest of some round trips to `server`.
CheckOutcome judge_round_trip(const std::string& server, std::chrono::steady_clock::duration time);

// What a server says of itself: "valkey", "8.0.1". An empty version is one that it does not tell.
CheckOutcome judge_redis_version(const std::string& name, const std::string& version);

// Bytes; `limit` 0 is none. `policy` is "noeviction", "allkeys-lru" …
CheckOutcome judge_redis_memory(std::uint64_t used, std::uint64_t limit, const std::string& policy);

}  // namespace tintype
