#pragma once

#include <span>
#include <string>
#include <vector>

#include "adapters/redis/redis_reply.h"
#include "adapters/redis/redis_url.h"
#include "base/result.h"

namespace tintype::redis {

// What a connection begins with: AUTH and SELECT where the URL wants them, CLIENT SETNAME, and PING. They go out
// together, so they cost one round trip.
std::vector<Command> handshake(const RedisUrl& url, const std::string& client_name);

// StoreUnavailable unless all was answered well; the detail says what to do about it, and has no password in it.
Result<void> check_handshake(std::span<const Command> commands, std::span<const Reply> replies);

}  // namespace tintype::redis
