// What RedisCache says to Redis, and how the keys are named that it needs beside those of the port.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/redis/redis_reply.h"
#include "base/result.h"

namespace tintype::cache_commands {

// A sorted set: keys, with the time (microseconds since 1970, by Redis's clock) when what is kept there is gone at the
// latest. The braces keep it and its dead one in one slot of a cluster.
std::string set_of_tag(std::string_view tag);
std::string dead_set_of_tag(std::string_view tag, std::string_view nonce);

// The sorted set of writers that have announced themselves: "nonce tag" by the time (ms since 1970, of the writer's
// clock) when to take them for dead.
inline constexpr std::string_view kWriters = "tintype:writers";

// What a key holds begins with one of these. A value goes on with its scores in the sets of its tags, separated by
// commas, and a space.
inline constexpr char kValue = 'V';
inline constexpr char kLease = 'L';

redis::Command get(const std::string& key);
redis::Command score(const std::string& tag, const std::string& key);
// In place of what is there: a value that was not good enough for whoever wants to fill the key, or the lease of
// another fill, which then keeps nothing.
redis::Command take_lease(const std::string& key, const std::string& lease);
// Lists `key` for as long as a value of this lifetime can be there, prunes members whose time has passed, and lets the
// set expire with its last member. Text: the score, which no other call gives.
redis::Command list(const std::string& tag, const std::string& key, std::chrono::milliseconds longest);
// Puts the value in place of the lease. Integer 1, or 0 if the key holds anything else.
redis::Command fill(const std::string& key, const std::string& lease, const std::string& value,
                    std::chrono::milliseconds ttl);
redis::Command unlink(const std::string& key);

inline constexpr std::size_t kBatch = 200;  // keys that are removed in one pipeline: well below a millisecond of Redis
inline constexpr std::size_t kNonceBytes = 12;

// Since 1970, by the clock of this machine.
std::int64_t unix_milliseconds();

inline constexpr std::chrono::milliseconds kLeaseTime{10'000};  // longer loads are not kept

// StoreUnavailable for the first reply that is an error, but for a set that is not there to be renamed.
Result<void> errors_in(const std::vector<redis::Reply>& replies);

}  // namespace tintype::cache_commands
